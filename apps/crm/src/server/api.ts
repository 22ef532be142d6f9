import { createApi } from '@samaya/platform/api.ts';
import type { ApiRoute } from '@samaya/platform/api-route.ts';
import type { CrmApp } from './app.ts';
import { type Callers, callers } from './callers.ts';
import type { CrmErrorCode } from './errors.ts';
import { intakeRoutes } from './notifications/intake-api.ts';
import { notificationRoutes } from './notifications/notification-api.ts';
import { identifyBearer } from './sign-in/api-sign-in.ts';
import { signInRoutes } from './sign-in/sign-in-api.ts';
import type { SignedInFacilitator } from './sign-in/signed-in-facilitator.ts';

const STATUSES: Record<CrmErrorCode, number> = {
  'bad-credentials': 401,
  'second-factor-needed': 401,
  'bad-code': 401,
  'not-a-facilitator': 403,
  'booking-away': 503,
  'bad-signature': 401,
};

/** Every route of the API, in one table. */
export function routeTable(app: CrmApp): ApiRoute<Callers>[] {
  return [...signInRoutes(app), ...intakeRoutes(app), ...notificationRoutes(app)];
}

/** The REST API over the application. */
export function createCrmApi(app: CrmApp) {
  return createApi<Callers, SignedInFacilitator>({
    title: 'Samaya CRM',
    version: '1',
    description:
      'Booking notifications for facilitators. Sign in with `POST /api/v1/sessions` and send the token as a bearer.',
    routes: routeTable(app),
    statuses: STATUSES,
    identify: (token) => identifyBearer(app.db, token),
    callers,
    async admit(identity, facts, { caller }) {
      // Booking's relay is known by its signature; it is no stranger at an address.
      if (caller === 'signature') return;
      if (identity) await app.limits('api-token', String(identity.signInId));
      else await app.limits('api-network', facts.network);
    },
    log: app.log,
  });
}
