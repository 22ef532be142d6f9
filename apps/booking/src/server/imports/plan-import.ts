import type { Directory, ImportActor, KnownFacilitator } from './facilitator-directory.ts';
import { RowRefused } from './import-errors.ts';
import type { ExistingEvent } from './import-queries.ts';
import type { Schedule } from './read-schedule.ts';
import type { EventDraft, Refusal, Skip } from './schedule.ts';
import { type EventFields, importKey, type SettledEvent, settleEvent } from './settle-event.ts';

/** A row that can become an event, with what recognises it and who leads it. */
export interface PlannedEvent extends SettledEvent {
  key: string;
  facilitator: KnownFacilitator;
}

export interface PlannedChange extends PlannedEvent {
  id: number;
  changes: Partial<EventFields> & { facilitator_id?: number };
  /** The changes for people, e.g. `price 15 → 17`. */
  words: { field: string; from: string; to: string }[];
}

export interface LeftAlone extends PlannedEvent {
  id: number;
  reason?: string;
}

export interface Plan {
  create: PlannedEvent[];
  change: PlannedChange[];
  leave: LeftAlone[];
  refused: Refusal[];
  skipped: Skip[];
}

export interface SettleOptions {
  weeks: number;
  /** Rows that start before this day are left out. */
  from: Temporal.PlainDate | undefined;
  actor: ImportActor;
  now: Date;
}

/** Gives every draft its time, its facilitator and its key. A row that another one repeats is refused. */
export function settleAll(schedule: Schedule, directory: Directory, options: SettleOptions) {
  const settled: { planned: PlannedEvent[]; refused: Refusal[]; skipped: Skip[] } = {
    planned: [],
    refused: [],
    skipped: [],
  };
  const first = new Map<string, string>();
  for (const draft of schedule.drafts) {
    try {
      const planned = settleOne(draft, schedule, directory, options);
      if (options.from && Temporal.PlainDate.compare(planned.startsAt.toPlainDate(), options.from) < 0) {
        settled.skipped.push({ where: draft.where, value: draft.title, reason: `starts before ${options.from}` });
        continue;
      }
      const other = first.get(planned.key);
      if (other !== undefined) throw new RowRefused('row', draft.title, `repeats ${other}`);
      first.set(planned.key, draft.where);
      settled.planned.push(planned);
    } catch (error) {
      if (!(error instanceof RowRefused)) throw error;
      settled.refused.push({ where: draft.where, field: error.field, value: error.value, reason: error.message });
    }
  }
  return settled;
}

/** Compares what the file says with what there is. Rows that must not change what is there are refused. */
export function planImport(
  planned: readonly PlannedEvent[],
  existing: ReadonlyMap<string, ExistingEvent>,
  { actor, now }: Pick<SettleOptions, 'actor' | 'now'>,
): Plan {
  const plan: Plan = { create: [], change: [], leave: [], refused: [], skipped: [] };
  for (const event of planned) {
    try {
      const there = existing.get(event.key);
      if (there) planChange(event, there, plan, { actor, now });
      else {
        refusePast(event, actor, now);
        plan.create.push(event);
      }
    } catch (error) {
      if (!(error instanceof RowRefused)) throw error;
      plan.refused.push({ where: event.where, field: error.field, value: error.value, reason: error.message });
    }
  }
  return plan;
}

function settleOne(
  draft: EventDraft,
  schedule: Schedule,
  directory: Directory,
  { weeks }: SettleOptions,
): PlannedEvent {
  const event = settleEvent(draft, weeks);
  const facilitator = directory.find(draft.facilitator, event.notes);
  const key = importKey({
    kind: schedule.kind,
    source: schedule.source,
    facilitatorEmail: facilitator.email,
    same: draft.same,
    title: draft.title,
    startsAt: event.startsAt,
    weeks,
  });
  return { ...event, key, facilitator };
}

function planChange(
  event: PlannedEvent,
  there: ExistingEvent,
  plan: Plan,
  { actor, now }: Pick<SettleOptions, 'actor' | 'now'>,
) {
  const { id } = there;
  if (actor.kind === 'facilitator' && there.facilitator_id !== actor.facilitator.id) {
    throw new RowRefused('facilitator_email', event.facilitator.email, 'this event belongs to another facilitator');
  }
  const { changes, words } = differences(event, there);
  if (words.length === 0) {
    plan.leave.push({ ...event, id });
    return;
  }
  if (there.cancelled_at !== null) {
    plan.leave.push({ ...event, id, reason: 'was cancelled here and stays so' });
    return;
  }
  if (changes.max_participants !== undefined && changes.max_participants < there.seats_taken) {
    const reason = `is fewer than the ${there.seats_taken} seats that are taken`;
    throw new RowRefused('max_participants', String(changes.max_participants), reason);
  }
  if (changes.date_time) refusePast(event, actor, now);
  plan.change.push({ ...event, id, changes, words });
}

function refusePast(event: PlannedEvent, actor: ImportActor, now: Date) {
  if (actor.kind === 'admin' || event.fields.date_time > now) return;
  throw new RowRefused('date_time', event.startsAt.toString(), 'is past; only an admin can import what has started');
}

function differences(event: PlannedEvent, there: ExistingEvent): Pick<PlannedChange, 'changes' | 'words'> {
  const changes: Record<string, unknown> = {};
  const words: PlannedChange['words'] = [];
  for (const [field, to] of Object.entries(event.fields)) {
    const from = there[field as keyof EventFields];
    const isSame = to instanceof Date && from instanceof Date ? to.getTime() === from.getTime() : to === from;
    if (isSame) continue;
    changes[field] = to;
    words.push({ field, from: inWords(from, there.time_zone), to: inWords(to, event.fields.time_zone) });
  }
  if (event.facilitator.id !== there.facilitator_id) {
    // A facilitator of this import gets their id when they are added.
    if (event.facilitator.id !== undefined) changes.facilitator_id = event.facilitator.id;
    words.push({ field: 'facilitator', from: there.facilitator_name ?? '', to: event.facilitator.name });
  }
  return { changes: changes as PlannedChange['changes'], words };
}

function inWords(value: unknown, zone: string): string {
  if (value === null) return 'nothing';
  if (!(value instanceof Date)) return String(value);
  const zoned = Temporal.Instant.fromEpochMilliseconds(value.getTime()).toZonedDateTimeISO(zone);
  return `${zoned.toPlainDate()} ${zoned.toPlainTime().toString({ smallestUnit: 'minute' })}`;
}
