import { fail, redirect } from '@sveltejs/kit';
import { cancelBooking } from '#server/bookings/cancel-booking.ts';
import { visitCardOf } from '../../../bookings/visit-card.ts';
import { expectRefusal } from '../../../expect-refusal.ts';
import { guestVisit } from '../guest-visit.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
  const { visit } = await guestVisit(locals, params);
  return {
    visit: visitCardOf(visit, { now: new Date(), path: `/b/${params.token}` }),
    terms: locals.studio.terms,
  };
};

export const actions: Actions = {
  async default({ locals, params, setHeaders }) {
    const { visit } = await guestVisit(locals, params);
    try {
      const guest = { userId: visit.user_id, isAdmin: false, facilitatorId: null, assists: [] };
      await cancelBooking(locals.app.db, visit.id, guest);
    } catch (refused) {
      const { status, message } = expectRefusal(refused, { 'event-started': 409 }, setHeaders);
      return fail(status, { message });
    }
    redirect(303, `/b/${params.token}`);
  },
};
