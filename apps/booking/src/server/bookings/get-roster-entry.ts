import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Kysely } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { DB } from '#server/database-types.ts';
import type { Event } from '#server/events/event.ts';
import { getAssistedEvent } from '#server/events/get-event.ts';
import type { RosterEntry } from './booking-queries.ts';
import { selectRosterEntry } from './roster-queries.ts';

/** A booking on an event's list, for who runs the event or assists at it; else `forbidden` or `not-found`. */
export async function getRosterEntry(
  db: Kysely<DB>,
  { eventId, bookingId }: { eventId: number; bookingId: number },
  actor: Identity,
): Promise<{ event: Event; entry: RosterEntry }> {
  const event = await getAssistedEvent(db, eventId, actor);
  const entry = await selectRosterEntry(db, { eventId, bookingId });
  if (!entry) throw new PlatformError('not-found', 'There is no such booking.');
  return { event, entry };
}
