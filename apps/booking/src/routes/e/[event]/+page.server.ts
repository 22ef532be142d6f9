import { DomainError } from '@samaya/platform/domain-error.ts';
import { rowId } from '@samaya/platform/text-schema.ts';
import { error, fail, redirect } from '@sveltejs/kit';
import { signInOnTheWayTo } from '#server/accounts/return-path.ts';
import { findOwnPlace } from '#server/bookings/get-visit.ts';
import { slugOf } from '#server/events/event.ts';
import { getEvent } from '#server/events/get-event.ts';
import { listEvents } from '#server/events/list-events.ts';
import { findFacilitator } from '#server/facilitators/find-facilitator.ts';
import { panelOf, readSeats } from '../../booking-panel.ts';
import { cardOf, eventPath } from '../../event-card.ts';
import type { Actions, PageServerLoad } from './$types';

const ALSO = 3;
// What the panel then shows says it better than any status in between; the rest are faults, or nobody's page.
const REFUSALS: Record<string, number> = {
  'event-inactive': 409,
  'event-started': 409,
  'already-booked': 409,
  'already-waitlisted': 409,
  'too-many-seats': 422,
  'event-full': 409,
  'not-enough-seats': 409,
  'too-many-requests': 429,
};

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const { app, identity } = locals;
  const id = idOf(params.event);
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
    panel: panelOf(event, own, { seats: readSeats(url.searchParams.get('seats')), now: new Date() }),
  };
};

export const actions: Actions = {
  async book({ locals, params, request, setHeaders }) {
    const { app, identity } = locals;
    const eventId = idOf(params.event);
    const seats = readSeats((await request.formData()).get('seats'));
    if (!identity) {
      const event = await getEvent(app.db, eventId, undefined);
      redirect(303, signInOnTheWayTo(`${eventPath(event)}?seats=${seats}#book`));
    }
    let bookingId: number;
    try {
      await app.limits('booking-user', String(identity.userId));
      bookingId = (await app.desk.book({ userId: identity.userId, eventId, seats })).id;
    } catch (refused) {
      const status = refused instanceof DomainError ? REFUSALS[refused.code] : undefined;
      if (!(refused instanceof DomainError) || status === undefined) throw refused;
      if (refused.retryAfterSeconds !== undefined) setHeaders({ 'retry-after': String(refused.retryAfterSeconds) });
      return fail(status, { message: refused.message });
    }
    redirect(303, `/bookings/${bookingId}`);
  },
};

function idOf(address: string): number {
  const id = rowId.safeParse(address.split('-', 1)[0]).data;
  if (id === undefined) error(404);
  return id;
}
