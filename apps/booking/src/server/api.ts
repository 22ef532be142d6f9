import { createApi } from '@samaya/platform/api.ts';
import type { ApiRoute } from '@samaya/platform/api-route.ts';
import { accountRoutes } from './accounts/account-api.ts';
import { crmSignInRoutes } from './accounts/crm-sign-in-api.ts';
import type { Identity } from './accounts/identity.ts';
import type { BookingApp } from './app.ts';
import { bookingRoutes } from './bookings/booking-api.ts';
import { type Callers, callers, requireScope } from './callers.ts';
import type { BookingErrorCode } from './errors.ts';
import { eventRoutes } from './events/event-api.ts';
import { facilitatorRoutes } from './facilitators/facilitator-api.ts';
import { digestRoutes } from './notifications/digest-api.ts';
import { logSecurity } from './security-log.ts';

const STATUSES: Record<BookingErrorCode, number> = {
  'bad-credentials': 401,
  'second-factor-needed': 401,
  'bad-code': 401,
  'sign-in-again': 403,
  'bad-passkey': 401,
  'bad-signature': 401,
  'not-a-facilitator': 403,
  'email-taken': 409,
  'link-ended': 410,
  'too-many-tokens': 409,
  'google-unproven': 403,
  'google-known': 409,
  'google-taken': 409,
  'google-refused': 403,
  'last-way-in': 409,
  'event-inactive': 409,
  'event-started': 409,
  'event-cancelled': 409,
  'event-changed': 409,
  'attendance-too-early': 409,
  'booking-ended': 409,
  'not-proven': 409,
  'already-booked': 409,
  'already-waitlisted': 409,
  'too-many-seats': 422,
  'event-full': 409,
  'not-enough-seats': 409,
  'seats-taken': 409,
  'bad-idempotency-key': 400,
  'idempotency-mismatch': 422,
  'idempotency-in-progress': 409,
};

/** Every route of the API, in one table. */
export function routeTable(app: BookingApp): ApiRoute<Callers>[] {
  return [
    ...accountRoutes(app),
    ...facilitatorRoutes(app),
    ...eventRoutes(app),
    ...bookingRoutes(app),
    ...crmSignInRoutes(app),
    ...digestRoutes(app),
  ];
}

/** The REST API over the application. */
export function createBookingApi(app: BookingApp) {
  return createApi<Callers, Identity>({
    title: 'Samaya booking',
    version: '1',
    description:
      'Users, facilitators, events and bookings. Sign in with `POST /api/v1/sessions` and send the token as a bearer.',
    routes: routeTable(app),
    statuses: STATUSES,
    identify: app.bearers.find,
    recall: app.bearers.recall,
    callers,
    async admit(identity, facts, { caller, scope }) {
      // CRM is known by its signature; it is no stranger at an address.
      if (caller === 'signature') return;
      if (identity) await app.limits('api-token', String(identity.signInId));
      else await app.limits('api-network', facts.network);
      if (caller !== 'anyone') requireScope(identity, scope);
    },
    onForbidden({ method, url }, facts) {
      logSecurity(app.log, 'access.refused', { method, path: new URL(url).pathname }, facts);
    },
    log: app.log,
  });
}
