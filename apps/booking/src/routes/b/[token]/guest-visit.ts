import { error, redirect } from '@sveltejs/kit';
import { signInOnTheWayTo } from '#server/accounts/return-path.ts';
import { findGuestBooking, type GuestBooking } from '#server/bookings/find-guest-booking.ts';
import { GUEST } from '../../bookings/bookings-texts.ts';

/**
 * The booking of a mailed link. Whoever has an account signs in instead: a mail that was passed on, or read by
 * somebody else, opens nothing of theirs.
 */
export async function guestVisit(locals: App.Locals, { token }: { token: string }): Promise<GuestBooking> {
  const found = await findGuestBooking(locals.app, token);
  if (!found) error(410, GUEST.endedText);
  if (!found.hasAccount) return found;
  const page = `/bookings/${found.visit.id}`;
  redirect(303, locals.identity?.userId === found.visit.user_id ? page : signInOnTheWayTo(page));
}
