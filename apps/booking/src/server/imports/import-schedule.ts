import type { Kysely, Transaction } from 'kysely';
import type { Origin } from '#server/audit/audit.ts';
import { recordAct } from '#server/audit/record-act.ts';
import type { DB } from '#server/database-types.ts';
import { createDirectory, type ImportActor, type KnownFacilitator } from './facilitator-directory.ts';
import {
  allowLongWork,
  findImportedEvents,
  insertEvents,
  insertFacilitators,
  listKnownFacilitators,
  updateEvent,
  waitForOtherImports,
} from './import-queries.ts';
import { type Plan, type PlannedEvent, planImport, settleAll } from './plan-import.ts';
import type { Schedule } from './read-schedule.ts';
import { weeksBetween } from './wall-clock.ts';

export interface ImportOptions {
  actor: ImportActor;
  now: Date;
  /** A day of the week the file's first event shall fall in. */
  moveTo: Temporal.PlainDate | undefined;
  from: Temporal.PlainDate | undefined;
  studio: { currency: string };
  apply: boolean;
  /** Refused rows do not keep the others out. */
  skipRefused: boolean;
  /** Who asked for it, where that is a person who is signed in. */
  by?: { userId: number; origin: Origin };
}

export interface ImportResult extends Plan {
  newFacilitators: KnownFacilitator[];
  /** Weeks the schedule was moved by. */
  weeks: number;
  isApplied: boolean;
  notes: string[];
}

/**
 * Brings a schedule into the database, or only says what it would do. One transaction: all of it or, when a row is
 * refused and `skipRefused` is off, nothing. The second time everything is left alone. Of an event that is there the
 * file's fields count; others stay. Its bookings stay too, and the people who hold them are told of a new time,
 * title, place or facilitator by the same trigger as of any change.
 */
export async function importSchedule(
  db: Kysely<DB>,
  schedule: Schedule,
  options: ImportOptions,
): Promise<ImportResult> {
  const weeks = weeksToMove(schedule, options.moveTo);
  return await db.transaction().execute(async (trx) => {
    await allowLongWork(trx);
    if (options.apply) await waitForOtherImports(trx);
    const directory = createDirectory(await listKnownFacilitators(trx), options.actor);
    const settled = settleAll(schedule, directory, { ...options, weeks });
    const keys = settled.planned.map((event) => event.key);
    const existing = await findImportedEvents(trx, keys, { isForChange: options.apply });
    const plan = planImport(settled.planned, existing, options);
    const refused = [...schedule.refused, ...settled.refused, ...plan.refused];
    // Somebody whose every row is refused is not brought.
    const wanted = new Set([...plan.create, ...plan.change].map((event) => event.facilitator.email));
    const newFacilitators = directory.added().filter(({ email }) => wanted.has(email));
    const isApplied = options.apply && (refused.length === 0 || options.skipRefused);
    const count = plan.create.length + plan.change.length;
    if (isApplied) await write(trx, plan, newFacilitators, options.studio.currency);
    if (isApplied && count > 0) {
      const act = { kind: 'schedule.imported', actorId: options.by?.userId, details: { count } } as const;
      await recordAct(trx, act, options.by?.origin);
    }
    return {
      ...plan,
      refused,
      skipped: [...schedule.skipped, ...settled.skipped],
      newFacilitators,
      weeks,
      isApplied,
      notes: schedule.notes,
    };
  });
}

async function write(trx: Transaction<DB>, plan: Plan, newFacilitators: KnownFacilitator[], currency: string) {
  const ids = await insertFacilitators(trx, newFacilitators);
  const idOf = ({ facilitator }: PlannedEvent) => facilitator.id ?? ids.get(facilitator.email) ?? 0;
  await insertEvents(
    trx,
    plan.create.map((event) => ({ fields: event.fields, facilitatorId: idOf(event), key: event.key, currency })),
  );
  for (const event of plan.change) {
    const isBrought = event.facilitator.id === undefined;
    await updateEvent(trx, event.id, { ...event.changes, ...(isBrought && { facilitator_id: idOf(event) }) });
  }
}

function weeksToMove(schedule: Schedule, moveTo: Temporal.PlainDate | undefined): number {
  if (!moveTo) return 0;
  const days = schedule.drafts.map((draft) => draft.start.plain.toPlainDate()).sort(Temporal.PlainDate.compare);
  return days[0] ? weeksBetween(days[0], moveTo) : 0;
}
