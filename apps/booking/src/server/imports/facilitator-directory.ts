import { RowRefused } from './import-errors.ts';
import type { DraftFacilitator } from './schedule.ts';

export interface KnownFacilitator {
  /** Absent: this import brings them. */
  id?: number;
  name: string;
  email: string;
}

/** On whose behalf an import runs: who may bring facilitators and anybody's events, or one facilitator. */
export type ImportActor =
  | { kind: 'admin' }
  | { kind: 'facilitator'; facilitator: { id: number; name: string; email: string } };

export interface Directory {
  /** The facilitator a row means; a new one is remembered. Throws RowRefused, also for what this actor may not. */
  find(wanted: DraftFacilitator, notes: string[]): KnownFacilitator;
  added(): KnownFacilitator[];
}

/** People that rows can mean: those there are, and those this import brings. */
export function createDirectory(known: readonly KnownFacilitator[], actor: ImportActor): Directory {
  const byEmail = new Map(known.map((one) => [one.email.toLowerCase(), one]));
  const byName = Map.groupBy(known, (one) => bareName(one.name));
  const added: KnownFacilitator[] = [];

  return {
    added: () => added,
    find(wanted, notes) {
      if (actor.kind === 'facilitator') return own(wanted, actor.facilitator);
      if (wanted.email === undefined) return byTheirName(wanted.name, byName);
      const there = byEmail.get(wanted.email);
      if (there) return sameperson(there, wanted, wanted.email, notes);
      if (wanted.name === undefined) {
        throw new RowRefused('facilitator_email', wanted.email, 'is nobody here; a new facilitator also needs a name');
      }
      const brought = { name: wanted.name, email: wanted.email };
      added.push(brought);
      byEmail.set(brought.email, brought);
      return brought;
    },
  };
}

function own(wanted: DraftFacilitator, self: { id: number; name: string; email: string }): KnownFacilitator {
  if (wanted.email !== undefined && !wanted.isDerived && wanted.email !== self.email.toLowerCase()) {
    throw new RowRefused(
      'facilitator_email',
      wanted.email,
      `is somebody else; ${self.email} imports only their own events`,
    );
  }
  if (wanted.name !== undefined && wanted.email === undefined && bareName(wanted.name) !== bareName(self.name)) {
    throw new RowRefused(
      'facilitator_name',
      wanted.name,
      `is somebody else; ${self.name} imports only their own events`,
    );
  }
  if (wanted.isDerived && wanted.name !== undefined && bareName(wanted.name) !== bareName(self.name)) {
    throw new RowRefused(
      'facilitator_name',
      wanted.name,
      `is somebody else; ${self.name} imports only their own events`,
    );
  }
  return self;
}

function byTheirName(name: string | undefined, byName: Map<string, KnownFacilitator[]>): KnownFacilitator {
  if (name === undefined) throw new RowRefused('facilitator_name', '', 'is needed, or facilitator_email');
  const [first, second] = byName.get(bareName(name)) ?? [];
  if (first && !second) return first;
  const reason = second
    ? 'is the name of two facilitators here; an e-mail address is needed'
    : 'is nobody here; a new facilitator needs an e-mail address ("facilitators" or a pattern in the mapping)';
  throw new RowRefused('facilitator_name', name, reason);
}

function sameperson(
  there: KnownFacilitator,
  wanted: DraftFacilitator,
  email: string,
  notes: string[],
): KnownFacilitator {
  if (wanted.name === undefined || bareName(wanted.name) === bareName(there.name)) return there;
  if (wanted.isDerived) {
    const reason = `gives ${email}, which is ${there.name}'s; give each their own address in the mapping's "facilitators"`;
    throw new RowRefused('facilitator_name', wanted.name, reason);
  }
  notes.push(`${email} is called ${there.name} here, ${wanted.name} in the file; the name here stays`);
  return there;
}

function bareName(name: string): string {
  return name.normalize('NFKC').toLowerCase().replaceAll(/\s+/gu, ' ').trim();
}
