import { admitGuest } from '#server/accounts/admit-guest.ts';
import type { Identity } from '#server/accounts/identity.ts';
import type { BookingApp } from '#server/app.ts';
import { getAssistedEvent } from '#server/events/get-event.ts';
import type { Booking } from './booking.ts';

/**
 * Books places for somebody whom the event's facilitator, an assistant or an admin names. Whoever has the address is admitted as
 * `admitGuest` says: a known name stays, and what a stranger may have at the address ends. Refuses with `forbidden` or
 * `not-found` for who neither runs the event nor assists at it, and as `createBooking` does; who was new and got no place is forgotten
 * after a day, like any guest.
 */
export async function addToRoster(
  { db, desk }: Pick<BookingApp, 'db' | 'desk'>,
  { eventId, name, email, seats }: { eventId: number; name: string; email: string; seats: number },
  actor: Identity,
): Promise<Booking> {
  await getAssistedEvent(db, eventId, actor);
  const userId = await admitGuest(db, { name, email });
  return await desk.book({ userId, eventId, seats });
}
