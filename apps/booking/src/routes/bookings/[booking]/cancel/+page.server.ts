import { fail, redirect } from '@sveltejs/kit';
import { cancelBooking } from '#server/bookings/cancel-booking.ts';
import { expectRefusal } from '../../../expect-refusal.ts';
import { requireIdentity } from '../../../require-identity.ts';
import { visitCardOf } from '../../visit-card.ts';
import { ownVisit } from '../own-visit.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => ({
  visit: visitCardOf(await ownVisit(locals, params), { now: new Date() }),
  terms: locals.studio.terms,
});

export const actions: Actions = {
  async default({ locals, params, setHeaders }) {
    const { id } = await ownVisit(locals, params);
    try {
      await cancelBooking(locals.app.db, id, requireIdentity(locals));
    } catch (refused) {
      const { status, message } = expectRefusal(refused, { 'event-started': 409 }, setHeaders);
      return fail(status, { message });
    }
    redirect(303, `/bookings/${id}`);
  },
};
