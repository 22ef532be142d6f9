import type { ApiRoute } from '@samaya/platform/api-route.ts';
import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { z } from 'zod';
import type { Identity } from '#server/accounts/identity.ts';
import type { BookingApp } from '#server/app.ts';
import { type Callers, defineRoute } from '#server/callers.ts';
import { keysOfUser } from '#server/idempotency/key-owner.ts';
import { created } from '#server/idempotency/with-idempotency.ts';
import { bookingJson } from './booking.ts';
import type { WantedPlace } from './booking-queries.ts';
import {
  bookingListSchema,
  bookingPageQuery,
  bookingParams,
  bookingSchema,
  newBookingSchema,
  rosterSchema,
} from './booking-schemas.ts';
import { cancelBooking } from './cancel-booking.ts';
import { getBooking } from './get-booking.ts';
import { getRoster } from './get-roster.ts';
import { listBookings } from './list-bookings.ts';

const ROW_MOST = 2_147_483_647;

/** Bookings: made, read and cancelled by their person; read and cancelled by who runs the event. */
export function bookingRoutes(app: BookingApp): ApiRoute<Callers>[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/v1/bookings',
      caller: 'signedIn',
      scope: 'book',
      tag: 'Bookings',
      summary: 'Book an event',
      description:
        'Refused in this order: `not-found`, `event-inactive`, `event-started`, `already-booked` or `already-waitlisted`, `too-many-seats` (more than the event has), `event-full`, `not-enough-seats` (with `seats_left`). At most 30 a minute by one person.',
      body: newBookingSchema,
      idempotent: true,
      success: { status: 201, schema: bookingSchema, description: 'The booking.' },
      refusals: [
        'not-found',
        'event-inactive',
        'event-started',
        'already-booked',
        'already-waitlisted',
        'too-many-seats',
        'event-full',
        'not-enough-seats',
        'bad-idempotency-key',
        'idempotency-mismatch',
        'idempotency-in-progress',
      ],
      async refuseFromMemory({ body }, { who, request }) {
        if (request.headers.get('idempotency-key') !== null) return undefined;
        const refusal = app.desk.recallRefusal(wantedBy(who, body));
        if (refusal) await app.limits('booking-user', String(who.userId));
        return refusal;
      },
      async handle({ body }, { who, request, rawBody }) {
        await app.limits('booking-user', String(who.userId));
        if (body.event_id > ROW_MOST) throw new PlatformError('not-found', 'There is no such event.');
        const wanted = wantedBy(who, body);
        const repeatable = {
          owner: keysOfUser(who.userId),
          key: request.headers.get('idempotency-key'),
          method: request.method,
          path: new URL(request.url).pathname,
          rawBody,
        };
        return created(await app.desk.bookOnce(wanted, repeatable));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/bookings',
      caller: 'signedIn',
      scope: 'read',
      tag: 'Bookings',
      summary: 'My bookings',
      query: bookingPageQuery,
      success: { status: 200, schema: bookingListSchema, description: 'A page, newest first.' },
      async handle({ query: { after, limit } }, { who }) {
        const { items, next } = await listBookings(app.db, { userId: who.userId, after, limit });
        return { items: items.map(bookingJson), next };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/bookings/{id}',
      caller: 'signedIn',
      scope: 'read',
      tag: 'Bookings',
      summary: 'One of my bookings',
      params: bookingParams,
      success: { status: 200, schema: bookingSchema, description: 'The booking.' },
      handle: async ({ params }, { who }) =>
        bookingJson(await getBooking(app.db, { id: params.id, userId: who.userId })),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/bookings/{id}/cancel',
      caller: 'signedIn',
      scope: 'book',
      tag: 'Bookings',
      summary: 'Cancel a booking',
      description:
        'Its person until the event starts; the event’s facilitator and admins also later. Again: the same answer.',
      params: bookingParams,
      success: { status: 200, schema: bookingSchema, description: 'The cancelled booking.' },
      refusals: ['event-started'],
      handle: async ({ params }, { who }) => bookingJson(await cancelBooking(app.db, params.id, cancellerOf(who))),
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/events/{id}/bookings',
      caller: 'organiser',
      scope: 'organise',
      tag: 'Events',
      summary: 'Who booked an event',
      description: 'For its facilitator and admins: every booking, whatever became of it, in the order they were made.',
      params: bookingParams,
      query: bookingPageQuery,
      success: { status: 200, schema: rosterSchema, description: 'A page of the roster.' },
      async handle({ params, query: { after, limit } }, { who }) {
        const { items, next } = await getRoster(app.db, { eventId: params.id, after, limit }, who);
        return { items: items.map((entry) => ({ ...entry, booking_date: entry.booking_date.toISOString() })), next };
      },
    }),
  ];
}

/** A token that may book, and run no events, cancels what its person has booked and nothing of others. */
function cancellerOf(who: Identity): Identity {
  const runsEvents = who.scopes === null || who.scopes.includes('organise');
  return runsEvents ? who : { ...who, isAdmin: false, facilitatorId: null, assists: [] };
}

function wantedBy(who: Identity, { event_id, seats }: z.output<typeof newBookingSchema>): WantedPlace {
  return { userId: who.userId, eventId: event_id, seats: Math.min(seats, ROW_MOST) };
}
