import { DomainError } from '@samaya/platform/domain-error.ts';
import { fail, redirect } from '@sveltejs/kit';
import { cancelBooking } from '#server/bookings/cancel-booking.ts';
import { requireIdentity } from '../../../require-identity.ts';
import { visitCardOf } from '../../visit-card.ts';
import { ownVisit } from '../own-visit.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => ({
  visit: visitCardOf(await ownVisit(locals, params), new Date()),
});

export const actions: Actions = {
  async default({ locals, params }) {
    const { id } = await ownVisit(locals, params);
    try {
      await cancelBooking(locals.app.db, id, requireIdentity(locals));
    } catch (refused) {
      if (!(refused instanceof DomainError) || refused.code !== 'event-started') throw refused;
      return fail(409, { message: refused.message });
    }
    redirect(303, `/bookings/${id}`);
  },
};
