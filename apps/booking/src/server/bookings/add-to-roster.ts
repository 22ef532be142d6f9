import { findOrAddPerson } from '#server/accounts/find-or-add-person.ts';
import type { Identity } from '#server/accounts/identity.ts';
import type { BookingApp } from '#server/app.ts';
import { getOwnEvent } from '#server/events/get-event.ts';
import type { Booking } from './booking.ts';

/**
 * Books places for somebody whom the event's facilitator or an admin names. Whoever has the address keeps their name;
 * nobody at it yet becomes an account that nobody has confirmed. Refuses with `forbidden` or `not-found` for who does
 * not run the event, and as `createBooking` does.
 */
export async function addToRoster(
  { db, desk }: Pick<BookingApp, 'db' | 'desk'>,
  { eventId, name, email, seats }: { eventId: number; name: string; email: string; seats: number },
  actor: Identity,
): Promise<Booking> {
  await getOwnEvent(db, eventId, actor);
  const userId = await db.transaction().execute((trx) => findOrAddPerson(trx, { name, email }));
  return await desk.book({ userId, eventId, seats });
}
