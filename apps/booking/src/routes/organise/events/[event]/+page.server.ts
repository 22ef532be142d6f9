import { DomainError } from '@samaya/platform/domain-error.ts';
import { fail, redirect } from '@sveltejs/kit';
import { listPeopleTold } from '#server/bookings/list-people-told.ts';
import { changeEvent } from '#server/events/change-event.ts';
import { isPublic } from '#server/events/event.ts';
import { priceInWords, wallClock } from '../../../../words/wall-clock.ts';
import { artOf, eventPath } from '../../../event-card.ts';
import { requireIdentity } from '../../../require-identity.ts';
import { organisedEventOf } from '../../organised-event.ts';
import { eventIdOf, ownEvent } from '../own-event.ts';
import type { Actions, PageServerLoad } from './$types';

/** What was just done, as the address says it after a form. */
const DONE = ['closed', 'opened', 'created', 'saved', 'told', 'cancelled'] as const;

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const event = await ownEvent(locals, params);
  const { count } = await listPeopleTold(locals.app.db, { eventId: event.id, of: 'change' }, requireIdentity(locals));
  return {
    event: {
      ...organisedEventOf(event, new Date()),
      art: artOf(event),
      publicPath: eventPath(event),
      isPublic: isPublic(event),
      isActive: event.is_active,
      movedFrom: event.moved_from && wallClock(event.moved_from, event.duration, event.time_zone),
      price: priceInWords(event.price, event.currency),
      practice: event.practice,
      level: event.level,
      summary: event.summary,
    },
    people: count,
    done: DONE.find((one) => one === url.searchParams.get('done')),
    isTwice: url.searchParams.has('twice'),
  };
};

export const actions: Actions = {
  close: async ({ locals, params }) => await setActive(locals, params, false),
  open: async ({ locals, params }) => await setActive(locals, params, true),
};

async function setActive(locals: App.Locals, params: { event: string }, isActive: boolean) {
  const id = eventIdOf(params);
  try {
    await changeEvent(locals.app.db, id, { is_active: isActive }, requireIdentity(locals));
  } catch (refused) {
    if (!(refused instanceof DomainError) || refused.code !== 'event-cancelled') throw refused;
    return fail(409, { message: refused.message });
  }
  redirect(303, `/organise/events/${id}?done=${isActive ? 'opened' : 'closed'}`);
}
