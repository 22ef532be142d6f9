import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiRoute } from '@samaya/platform/api-route.ts';
import { routeTable as bookingRoutes } from '../apps/booking/src/server/api.ts';
import { createTestApp as createBooking } from '../apps/booking/src/server/test-app.ts';
import { routeTable as crmRoutes } from '../apps/crm/src/server/api.ts';
import { createTestApp as createCrm } from '../apps/crm/src/server/test-app.ts';
import { sendRequest } from './send-request.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

const booking = await createBooking();
const crm = await createCrm();

const signatures = <Callers>(routes: ApiRoute<Callers>[]) =>
  routes.map(({ method, path }) => `${method} ${path}`).sort();

test('every address refuses the methods it does not have, and says which it has', async () => {
  for (const { api, routes } of [
    { api: booking.api, routes: signatures(bookingRoutes(booking.app)) },
    { api: crm.api, routes: signatures(crmRoutes(crm.app)) },
  ]) {
    const paths = Map.groupBy(routes, (route) => route.split(' ')[1] ?? '');
    for (const [path, declared] of paths) {
      const taken = declared.map((route) => route.split(' ')[0]?.toUpperCase() ?? '');
      const allowed = taken.includes('GET') ? [...taken, 'HEAD'] : taken;
      for (const method of METHODS.filter((one) => !allowed.includes(one))) {
        const { status, headers, json } = await sendRequest(api, method, path.replace(/\{\w+\}/, '1'));
        assert.equal(status, 405, `${method} ${path}`);
        assert.deepEqual(headers.get('allow')?.split(', ').sort(), allowed.toSorted(), `${method} ${path}`);
        if (method !== 'HEAD') assert.equal((json as { code: string }).code, 'method-not-allowed');
      }
    }
  }
});
