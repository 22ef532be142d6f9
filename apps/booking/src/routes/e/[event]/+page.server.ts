import { redirect } from '@sveltejs/kit';
import { findOwnPlace } from '#server/bookings/get-visit.ts';
import { slugOf } from '#server/events/event.ts';
import { getEvent } from '#server/events/get-event.ts';
import { listEvents } from '#server/events/list-events.ts';
import { findFacilitator } from '#server/facilitators/find-facilitator.ts';
import { panelOf, readSeats } from '../../booking-panel.ts';
import { cardOf } from '../../event-card.ts';
import type { Actions, PageServerLoad } from './$types';
import { bookPlace } from './book-place.ts';
import { eventIdOf } from './event-id.ts';

const ALSO = 3;

export const load: PageServerLoad = async ({ locals, params, request, url }) => {
  const { app, identity } = locals;
  const id = eventIdOf(params.event);
  const event = await getEvent(app.db, id, identity);
  // The id decides; the words are for people, and follow the title.
  const address = `${id}-${slugOf(event.title)}`;
  if (params.event !== address) redirect(307, `/e/${address}${url.search}`);
  const [own, facilitator, others] = await Promise.all([
    identity && findOwnPlace(app.db, { userId: identity.userId, eventId: id }),
    findFacilitator(app.db, event.facilitator_id),
    listEvents(app.db, {
      search: '',
      filter: { facilitator_id: event.facilitator_id },
      after: undefined,
      limit: ALSO + 1,
    }),
  ]);
  return {
    event: {
      ...cardOf(event),
      description: event.description,
      level: event.level,
      isFree: event.price === 0,
      isClosed: event.cancelled_at === null && !event.is_active,
    },
    facilitator,
    others: others.items
      .filter((other) => other.id !== id)
      .slice(0, ALSO)
      .map(cardOf),
    // On a phone the form is further down, and the page would jump to it.
    focusesName: !/\bMobi/.test(request.headers.get('user-agent') ?? ''),
    panel: panelOf(event, own, { seats: readSeats(url.searchParams.get('seats')), now: new Date() }),
  };
};

export const actions: Actions = { book: bookPlace };
