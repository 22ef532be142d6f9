import { redirect } from '@sveltejs/kit';
import { listPeopleTold } from '#server/bookings/list-people-told.ts';
import { cancelEvent } from '#server/events/cancel-event.ts';
import { requireIdentity } from '../../../../require-identity.ts';
import { organisedEventOf } from '../../../organised-event.ts';
import { eventIdOf, ownEvent } from '../../own-event.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
  const event = await ownEvent(locals, params);
  const told = await listPeopleTold(locals.app.db, { eventId: event.id, of: 'cancellation' }, requireIdentity(locals));
  return { event: organisedEventOf(event, new Date()), told };
};

export const actions: Actions = {
  async default({ locals, params }) {
    const id = eventIdOf(params);
    await cancelEvent(locals.app.db, id, requireIdentity(locals), locals.facts);
    redirect(303, `/organise/events/${id}?done=cancelled`);
  },
};
