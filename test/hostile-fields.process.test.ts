import assert from 'node:assert/strict';
import { test } from 'node:test';
import type pg from 'pg';
import { routeTable as bookingRoutes } from '../apps/booking/src/server/api.ts';
import { routeTable as crmRoutes } from '../apps/crm/src/server/api.ts';
import { BODIES, FORMS, type Sending, send } from './access-requests.ts';
import { type AccessRoute, listRoutes, nameOf } from './access-routes.ts';
import type { App, Scene } from './access-scenes.ts';
import { openAccessStudio } from './access-studio.ts';
import { type Contents, type Difference, differencesOf, type Row, tableContents } from './table-contents.ts';

const APPS = ['booking', 'crm'] as const;
// What other programs call what we guard.
const NAMES_ELSEWHERE = {
  ...{ role: 'admin', roles: 'admin', isAdmin: true, admin: true, emailVerified: true, email_verified: true },
  ...{ userId: 1_999_999_999, user_id: 1_999_999_999, taken: 0, seats_taken: 0, capacity: 1_999_999_999 },
  ...{ owner: 1_999_999_999, facilitatorId: 1_999_999_999, scopes: 'all', permissions: 'all' },
};
/** Values by type that nothing of ours has. */
const CANARIES: Readonly<Record<string, unknown>> = {
  ...{ integer: 1_999_999_999, bigint: 1_999_999_999, 'double precision': 1999999.25, boolean: true },
  ...{ 'timestamp with time zone': '2001-02-03T04:05:06Z', uuid: '00000000-0000-4000-8000-0000cafecafe' },
  ...{ jsonb: { canary: true }, date: '2001-02-03' },
};
const CANARY = /1999999999|1999999\.25|2001-02-03|0000cafecafe|canary/;

const studio = await openAccessStudio();
const pools: Record<App, pg.Pool> = { booking: studio.booking.app.pool, crm: studio.crm.app.pool };

/** A value for every column of every table, and for what is often guessed. */
async function everyColumn(app: App): Promise<Record<string, unknown>> {
  const { rows } = await pools[app].query(
    `select distinct on (column_name) column_name as name, data_type as type from information_schema.columns
     where table_schema = 'public' order by 1, 2`,
  );
  return {
    ...Object.fromEntries(rows.map(({ name, type }) => [name, CANARIES[type] ?? 'canary'])),
    ...NAMES_ELSEWHERE,
  };
}

/** The fields a body may have, by the route's name; of a body that is a choice or a list, none is known. */
function fieldsOfBodies(app: App): Map<string, string[]> {
  const routes: readonly { method: string; path: string; body?: unknown }[] =
    app === 'booking' ? bookingRoutes(studio.booking.app) : crmRoutes(studio.crm.app);
  return new Map(
    routes.flatMap(({ method, path, body }) =>
      body === undefined
        ? []
        : [[`${method.toUpperCase()} ${path}`, Object.keys((body as { shape?: object }).shape ?? {})]],
    ),
  );
}

/** Somebody who may. */
function callersOf({ app, declared }: AccessRoute): string[] {
  if (app === 'crm') return ['facilitator'];
  if (declared === 'anyone') return ['anonymous', 'user'];
  return [
    ({ signedIn: 'user', organiser: 'facilitator', admin: 'admin' } as Record<string, string>)[declared] ?? 'admin',
  ];
}

const writesOf = (routes: readonly AccessRoute[]) =>
  routes.filter(({ kind, method, declared }) => kind !== 'beside' && method !== 'GET' && declared !== 'signature');

test('AUTHZ-03: a body with any column or role that is no field of it is refused by its name, and changes nothing', async () => {
  let tried = 0;
  for (const app of APPS) {
    const columns = await everyColumn(app);
    const fields = fieldsOfBodies(app);
    const withBody = writesOf(await listRoutes(studio, app)).filter((route) => fields.has(nameOf(route)));
    for (const route of withBody) {
      const name = nameOf(route);
      const own = fields.get(name) ?? [];
      const sound = BODIES[app][name];
      assert.ok(sound && own.length > 0, `${name} has no sound body here`);
      const scene = await studio.scene(app, callersOf(route).at(-1) ?? '');
      const before = await tableContents(pools[app]);
      for (const [column, value] of Object.entries(columns).filter(([one]) => !own.includes(one))) {
        const { status, text } = await send(studio, route, scene, { body: { ...sound(scene), [column]: value } });
        assert.equal(status, 422, `${name} takes ${column}: ${text}`);
        const { errors } = JSON.parse(text) as { errors: { pointer: string }[] };
        assert.deepEqual(
          errors.map(({ pointer }) => pointer),
          [`/${column}`],
          name,
        );
        tried++;
      }
      assert.deepEqual(differencesOf(before, await tableContents(pools[app])), [], name);
    }
  }
  assert.ok(tried > 900, String(tried));
});

/** Differences in an order that ids, addresses and hashes do not decide. */
function inOrder(differences: readonly Difference[]): Difference[] {
  const keyOf = ({ table, kind, now }: Difference) =>
    `${table} ${kind} ${Object.keys(now).sort().join()} ${now.destination} ${now.kind} ${now.status}`;
  return differences.toSorted((one, other) => keyOf(one).localeCompare(keyOf(other), 'en'));
}

const shapeOf = ({ table, kind, now }: Difference) => `${table} ${kind}: ${Object.keys(now).sort().join(', ')}`;

/** What the request with more fields did otherwise than the one without. */
function strayed(sound: readonly Difference[], more: readonly Difference[]): string[] {
  assert.deepEqual(more.map(shapeOf), sound.map(shapeOf));
  return more.flatMap(({ table, now }, index) =>
    Object.entries(now).flatMap(([column, value]) => {
      const usual = sound[index]?.now[column];
      const isStray = CANARY.test(JSON.stringify(value)) || (typeof value === 'boolean' && value !== usual);
      return isStray ? [`${table}.${column} is ${JSON.stringify(value)}, not ${JSON.stringify(usual)}`] : [];
    }),
  );
}

async function sendAndCompare(
  app: App,
  route: AccessRoute,
  scene: Scene,
  before: Contents,
  sending: Sending,
): Promise<{ differences: Difference[]; after: Contents; status: number }> {
  const { status } = await send(studio, route, scene, sending);
  const after = await tableContents(pools[app]);
  return { differences: inOrder(differencesOf(before, after)), after, status };
}

test('AUTHZ-03: a form with every column and role added does what it does without them, or nothing', async () => {
  let changed = 0;
  for (const app of APPS) {
    const columns = await everyColumn(app);
    const fields = fieldsOfBodies(app);
    for (const route of writesOf(await listRoutes(studio, app)).filter((one) => !fields.has(nameOf(one)))) {
      const name = nameOf(route);
      for (const caller of callersOf(route)) {
        const [scene, another] = [await studio.scene(app, caller), await studio.scene(app, caller)];
        const sound: Row = FORMS[app][name]?.(another) ?? {};
        const added = Object.entries(columns).filter(([column]) => !Object.hasOwn(sound, column));
        const asText = Object.fromEntries(added.map(([column, value]) => [column, String(value)]));
        const usual = await sendAndCompare(app, route, scene, await tableContents(pools[app]), {});
        const more = await sendAndCompare(app, route, another, usual.after, {
          form: { ...asText, ...(sound as Record<string, string>) },
          ...(route.kind === 'api' && { body: Object.fromEntries(added) }),
        });
        if (more.differences.length === 0 && more.status >= 400) continue;
        assert.deepEqual(strayed(usual.differences, more.differences), [], `${caller}: ${name}`);
        changed += more.differences.length;
      }
    }
  }
  assert.ok(changed > 60, String(changed));
});

test('AUTHZ-03: a facilitator’s form that names another facilitator leaves the event where it is', async () => {
  const routes = await listRoutes(studio, 'booking');
  for (const name of ['POST /organise/events/[event]/edit?/save', 'POST /organise/events/new?/save']) {
    const route = routes.find((one) => nameOf(one) === name);
    assert.ok(route);
    const scene = await studio.scene('booking', 'facilitator');
    const before = await tableContents(pools.booking);
    const form = { ...FORMS.booking[name]?.(scene), facilitator_id: String(scene.ids.rival) };
    const { status } = await send(studio, route, scene, { form });
    assert.equal(status, 303);
    const events = differencesOf(before, await tableContents(pools.booking)).filter(({ table }) => table === 'events');
    assert.equal(events.length, 1);
    assert.equal(events[0]?.now.facilitator_id ?? scene.ids.facilitator, scene.ids.facilitator, name);
  }
});

test('CSRF-02: no address changes anything by being looked at, whatever stands in it', async () => {
  for (const app of APPS) {
    const routes = await listRoutes(studio, app);
    const caller = app === 'booking' ? 'admin' : 'facilitator';
    const scene = await studio.scene(app, caller);
    const columns = await everyColumn(app);
    const before = await tableContents(pools[app]);
    const forms = Object.values(FORMS[app]).map((form) => form(scene));
    const names = routes.flatMap(({ action }) => (action === undefined ? [] : [[`/${action}`, ''] as const]));
    const query = {
      ...Object.fromEntries(Object.entries(columns).map(([column, value]) => [column, String(value)])),
      ...Object.assign({}, ...forms),
      ...Object.fromEntries(names),
      ...{ _method: 'POST', 'x-http-method-override': 'POST', 'x-sveltekit-action': 'true' },
    };
    // Every address there is: those that only take forms are looked at as well.
    for (const route of new Map(routes.map((one) => [`${one.kind} ${one.path}`, one])).values()) {
      for (const method of ['GET', 'HEAD']) {
        const { status } = await send(studio, { ...route, method }, scene, { query });
        assert.ok(status < 500, `${method} ${route.path}: ${status}`);
      }
    }
    assert.deepEqual(differencesOf(before, await tableContents(pools[app])), []);
  }
});
