import { DomainError } from '@samaya/platform/domain-error.ts';
import { PlatformError } from '@samaya/platform/platform-error.ts';
import { admitGuest } from '#server/accounts/admit-guest.ts';
import type { BookingApp } from '#server/app.ts';
import { keysOfGuest } from '#server/idempotency/key-owner.ts';
import type { RepeatableRequest } from '#server/idempotency/with-idempotency.ts';
import { findBookableState } from './booking-queries.ts';
import { judge, refusalOf } from './booking-refusals.ts';
import { findLastEnded } from './guest-queries.ts';
import { tellHolderAgain } from './tell-holder-again.ts';

export interface GuestWish {
  eventId: number;
  seats: number;
  name: string;
  /** In canonical form, as `emailAddress` leaves it. */
  email: string;
  network: string;
}

type GuestDeps = Pick<BookingApp, 'db' | 'desk' | 'limits'>;

// Somebody whose id no row has: the event is judged as for a stranger.
const NOBODY = 0;
const MOST_ROUNDS = 3;

/**
 * Books for somebody known by name and address only; what they need to come back goes to that address. Nobody learns
 * from it who has an account or a place: whoever has one already is answered as if it were new, and written to again;
 * an event that takes no more is refused to all alike, before anybody is looked up.
 *
 * Refuses like `createBooking`, but never with `already-booked` or `already-waitlisted`; with `too-many-requests`
 * after twenty an hour from one network.
 */
export async function bookAsGuest(app: GuestDeps, wish: GuestWish): Promise<void> {
  const { eventId, seats } = wish;
  await app.limits('guest-booking-network', wish.network);
  const state = await findBookableState(app.db, { userId: NOBODY, eventId, seats });
  const refusal = state ? judge(state, seats) : 'not-found';
  if (refusal) throw refusalOf(refusal, { maxParticipants: 0, seatsLeft: 0, ...state });
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const userId = await admitGuest(app.db, wish);
    const outcome = await bookOnce(app, { userId, eventId, seats, email: wish.email });
    if (outcome === 'has-place') await tellHolderAgain(app.db, { userId, eventId });
    // Else the person was erased in between; the address is free again.
    if (outcome !== 'gone') return;
  }
  throw new PlatformError('unavailable', 'This could not be booked right now. Try again in a moment.', {
    retryAfterSeconds: 1,
  });
}

async function bookOnce(
  { db, desk }: GuestDeps,
  { email, ...wanted }: { userId: number; eventId: number; seats: number; email: string },
): Promise<'booked' | 'has-place' | 'gone'> {
  // The page may be cached, so the key comes from what is asked for, not from the form. Who cancelled may book anew.
  const request: RepeatableRequest = {
    owner: keysOfGuest(email),
    key: `${wanted.eventId}/${(await findLastEnded(db, wanted)) ?? 0}`,
    method: 'POST',
    path: '/e/{event}?/book',
    rawBody: new Uint8Array(),
  };
  try {
    const { isRepetition } = await desk.bookOnce(wanted, request);
    return isRepetition ? 'has-place' : 'booked';
  } catch (refused) {
    if (!(refused instanceof DomainError)) throw refused;
    if (refused.code === 'already-booked' || refused.code === 'already-waitlisted') return 'has-place';
    if (refused.code === 'unauthenticated') return 'gone';
    throw refused;
  }
}
