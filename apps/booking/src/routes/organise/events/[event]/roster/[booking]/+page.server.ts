import { DomainError } from '@samaya/platform/domain-error.ts';
import { rowId } from '@samaya/platform/text-schema.ts';
import { error, fail, redirect } from '@sveltejs/kit';
import { hasEnded, mayBecome } from '#server/bookings/booking.ts';
import { cancelBooking } from '#server/bookings/cancel-booking.ts';
import { getRosterEntry } from '#server/bookings/get-roster-entry.ts';
import { mayRun } from '#server/events/event.ts';
import { requireIdentity } from '../../../../../require-identity.ts';
import { organisedEventOf } from '../../../../organised-event.ts';
import { eventIdOf } from '../../../own-event.ts';
import { REMOVE } from '../../../roster-texts.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
  const { event, entry } = await entryOf(locals, params);
  return {
    event: organisedEventOf(event, new Date(), mayRun(requireIdentity(locals), event)),
    name: entry.user_name,
    email: entry.user_email,
    seats: entry.seats,
    hasEnded: hasEnded(entry.status),
    mayBeRemoved: mayBecome(entry.status, 'cancelled'),
  };
};

export const actions: Actions = {
  async default({ locals, params }) {
    const { event, entry } = await entryOf(locals, params);
    try {
      await cancelBooking(locals.app.db, entry.id, requireIdentity(locals));
    } catch (refused) {
      if (!(refused instanceof DomainError) || refused.code !== 'event-started') throw refused;
      return fail(409, { message: REMOVE.noted });
    }
    redirect(303, `/organise/events/${event.id}/roster?done=removed`);
  },
};

async function entryOf(locals: App.Locals, params: { event: string; booking: string }) {
  const bookingId = rowId.safeParse(params.booking).data;
  if (bookingId === undefined) error(404);
  return await getRosterEntry(locals.app.db, { eventId: eventIdOf(params), bookingId }, requireIdentity(locals));
}
