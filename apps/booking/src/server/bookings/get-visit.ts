import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Booking } from './booking.ts';
import type { Visit } from './visit.ts';
import { selectOwnPlace, selectVisit } from './visit-queries.ts';

/** A person's own booking with its event; somebody else's is `not-found`, as if there were none. */
export async function getVisit(db: Kysely<DB>, own: { id: number; userId: number }): Promise<Visit> {
  const visit = await findVisit(db, own);
  if (!visit) throw new PlatformError('not-found', 'There is no such booking.');
  return visit;
}

/** The same, `undefined` when there is none. */
export async function findVisit(db: Kysely<DB>, own: { id: number; userId: number }): Promise<Visit | undefined> {
  return await selectVisit(db, own);
}

/** The booking by which a person has a place at an event or waits for one; `undefined` when there is none. */
export async function findOwnPlace(
  db: Kysely<DB>,
  own: { userId: number; eventId: number },
): Promise<Booking | undefined> {
  return await selectOwnPlace(db, own);
}
