import type { ApiRoute } from '@samaya/platform/api-route.ts';
import type { BookingApp } from '#server/app.ts';
import { type Callers, defineRoute } from '#server/callers.ts';
import { keysOfUser } from '#server/idempotency/key-owner.ts';
import { withIdempotency } from '#server/idempotency/with-idempotency.ts';
import { cancelEvent } from './cancel-event.ts';
import { changeEvent } from './change-event.ts';
import { createEvent } from './create-event.ts';
import { type Event, seatsLeft, slugOf } from './event.ts';
import {
  eventChangesSchema,
  eventListQuery,
  eventListSchema,
  eventParams,
  eventSchema,
  newEventSchema,
} from './event-schemas.ts';
import { getEvent } from './get-event.ts';
import { listEvents } from './list-events.ts';

/** Events: read by anyone, written by their facilitators and admins. */
export function eventRoutes(app: BookingApp): ApiRoute<Callers>[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/events',
      caller: 'anyone',
      isPublic: true,
      tag: 'Events',
      summary: 'Find events',
      description: 'Events that can be booked and have not started, soonest first. Conditions add up.',
      query: eventListQuery,
      success: { status: 200, schema: eventListSchema, description: 'A page of events.' },
      async handle({ query: { q, sort: _, limit, after, ...filter } }) {
        const { items, next } = await listEvents(app.db, { search: q ?? '', filter, after, limit });
        return { items: items.map(eventOut), next };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/events/{id}',
      caller: 'anyone',
      isPublic: true,
      tag: 'Events',
      summary: 'One event',
      description: 'A closed or cancelled event is there only for whoever booked it, its facilitator and admins.',
      params: eventParams,
      success: { status: 200, schema: eventSchema, description: 'The event.' },
      handle: async ({ params }, { who }) => eventOut(await getEvent(app.db, params.id, who)),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/events',
      caller: 'organiser',
      scope: 'organise',
      tag: 'Events',
      summary: 'Create an event',
      description:
        'A facilitator creates their own events; an admin names the facilitator, and may write down what has already begun.',
      body: newEventSchema,
      idempotent: true,
      success: { status: 201, schema: eventSchema, description: 'The new event.' },
      refusals: ['bad-idempotency-key', 'idempotency-mismatch', 'idempotency-in-progress'],
      handle: ({ body }, { who, request, rawBody }) =>
        withIdempotency(
          app.db,
          {
            owner: keysOfUser(who.userId),
            key: request.headers.get('idempotency-key'),
            method: request.method,
            path: new URL(request.url).pathname,
            rawBody,
          },
          async (trx) => eventOut(await createEvent(trx, body, who)),
        ),
    }),
    defineRoute({
      method: 'patch',
      path: '/api/v1/events/{id}',
      caller: 'organiser',
      scope: 'organise',
      tag: 'Events',
      summary: 'Change an event',
      description:
        'Only the fields given. Who booked is told of a new time, place, title or facilitator. `is_active: false` closes booking and hides the event; bookings stand, and it can be undone. Only an admin gives it to another facilitator.',
      params: eventParams,
      body: eventChangesSchema,
      success: { status: 200, schema: eventSchema, description: 'The event as it is now.' },
      refusals: ['seats-taken', 'event-cancelled'],
      handle: async ({ params, body }, { who }) => eventOut(await changeEvent(app.db, params.id, body, who)),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/events/{id}/cancel',
      caller: 'organiser',
      scope: 'organise',
      tag: 'Events',
      summary: 'Cancel an event',
      description: 'For good. Its bookings become `event_cancelled` and everybody is told. Again: the same answer.',
      params: eventParams,
      success: { status: 200, schema: eventSchema, description: 'The cancelled event.' },
      handle: async ({ params }, { who, network, requestId }) =>
        eventOut(await cancelEvent(app.db, params.id, who, { network, requestId })),
    }),
  ];
}

function eventOut(event: Event) {
  return {
    id: event.id,
    title: event.title,
    description: event.description,
    event_type: event.event_type,
    date_time: event.date_time.toISOString(),
    duration: event.duration,
    max_participants: event.max_participants,
    price: event.price,
    facilitator_id: event.facilitator_id,
    is_active: event.is_active,
    seats_taken: event.seats_taken,
    seats_left: seatsLeft(event),
    time_zone: event.time_zone,
    currency: event.currency,
    place: event.place,
    online: event.online,
    practice: event.practice,
    level: event.level,
    summary: event.summary,
    slug: slugOf(event.title),
    facilitator: event.facilitator,
    cancelled_at: event.cancelled_at?.toISOString() ?? null,
  };
}
