import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiRoute } from '@samaya/platform/api-route.ts';
import type pg from 'pg';
import { routeTable as bookingRoutes } from '../apps/booking/src/server/api.ts';
import { createTestApp as createBooking } from '../apps/booking/src/server/test-app.ts';
import { routeTable as crmRoutes } from '../apps/crm/src/server/api.ts';
import { signInToPages } from '../apps/crm/src/server/sign-in/page-sign-in.ts';
import { bookingMessage, createTestApp as createCrm } from '../apps/crm/src/server/test-app.ts';
import { type AskableApi, sendRequest } from './send-request.ts';

/**
 * Who may do what: a sound request of each kind of caller, and the status it is answered with. `{id}` is somebody
 * else's, of somebody who has nothing to do with the caller; only `owner` runs the event in question, and `unproven`
 * has that facilitator's address without having confirmed it. `{own}` is the caller's own booking, `{closed}` an event
 * that is closed. `expired` and `page` are an admin's: a token that ended, and a cookie's secret sent as a bearer.
 */
const BOOKING = `
                                         anonymous unknown expired page unproven participant owner other admin
post   /api/v1/users                           201     401     401  401      201         201   201   201   201
post   /api/v1/sessions                        201     401     401  401      201         201   201   201   201
delete /api/v1/sessions/current                401     401     401  401      204         204   204   204   204
get    /api/v1/me                              401     401     401  401      200         200   200   200   200
patch  /api/v1/me                              401     401     401  401      200         200   200   200   200
delete /api/v1/me                              401     401     401  401      204         204   204   204   204
get    /api/v1/me/export                       401     401     401  401      200         200   200   200   200
get    /api/v1/facilitators                    200     401     401  401      200         200   200   200   200
get    /api/v1/facilitators/{id}               200     401     401  401      200         200   200   200   200
post   /api/v1/facilitators                    401     401     401  401      403         403   403   403   201
patch  /api/v1/facilitators/{id}               401     401     401  401      403         403   403   403   200
get    /api/v1/events                          200     401     401  401      200         200   200   200   200
get    /api/v1/events/{id}                     200     401     401  401      200         200   200   200   200
get    /api/v1/events/{closed}                 404     401     401  401      404         404   200   404   200
post   /api/v1/events                          401     401     401  401      403         403   201   403   201
patch  /api/v1/events/{id}                     401     401     401  401      403         403   200   403   200
patch  /api/v1/events/{closed}                 401     401     401  401      403         403   200   404   200
post   /api/v1/events/{id}/cancel              401     401     401  401      403         403   200   403   200
get    /api/v1/events/{id}/bookings            401     401     401  401      403         403   200   403   200
get    /api/v1/events/{closed}/bookings        401     401     401  401      403         403   200   404   200
post   /api/v1/bookings                        401     401     401  401      201         201   201   201   201
get    /api/v1/bookings                        401     401     401  401      200         200   200   200   200
get    /api/v1/bookings/{id}                   401     401     401  401      404         404   404   404   404
get    /api/v1/bookings/{own}                  401     401     401  401      200         200   200   200   200
post   /api/v1/bookings/{id}/cancel            401     401     401  401      404         404   200   404   200
post   /api/v1/bookings/{own}/cancel           401     401     401  401      200         200   200   200   200
post   /api/v1/crm/sign-ins                    401     401     401  401      401         401   401   401   401
get    /api/v1/booking-notifications/digest    401     401     401  401      401         401   401   401   401
get    /api/v1/booking-notifications/newest    401     401     401  401      401         401   401   401   401
`;

/** The same of CRM. Nobody answers at booking here, which is what signing in says; its own tests sign in. */
const CRM = `
                                                 anonymous unknown expired page own other
post   /api/v1/sessions                                503     401     401  401 503   503
delete /api/v1/sessions/current                        401     401     401  401 204   204
get    /api/v1/me                                      401     401     401  401 200   200
post   /api/v1/booking-notifications                   401     401     401  401 401   401
get    /api/v1/booking-notifications                   401     401     401  401 200   200
patch  /api/v1/booking-notifications/{id}              401     401     401  401 200   404
post   /api/v1/booking-notifications/process           401     401     401  401 200   200
get    /api/v1/stream                                  401     401     401  401 200   200
`;

const EXTRA_COLUMNS = {
  id: 1,
  role: 'admin',
  status: 'confirmed',
  user_id: 1,
  seats_taken: 0,
  is_admin: true,
  proven_at: '2030-01-01T00:00:00Z',
  version: 9,
};
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const HOUR_MS = 3_600_000;
const PASSWORD = 'quiet mornings';

const booking = await createBooking();
const crm = await createCrm();
const passwordHash = await booking.app.passwords.hash(PASSWORD);
let made = 0;

/** Somebody of a kind, and what they come upon: all of it new, so that no request finds the traces of another. */
async function bookingScene(caller: string) {
  made++;
  const owner = await booking.addFacilitator(`Facilitator ${made}`);
  const stranger = await booking.addPerson();
  const event = await booking.addEvent({ facilitator_id: owner.facilitatorId });
  const closed = await booking.addEvent({ facilitator_id: owner.facilitatorId, is_active: false });
  const book = async (userId: number) =>
    await booking.db
      .insertInto('bookings')
      .values({ user_id: userId, event_id: await booking.addEvent({ facilitator_id: owner.facilitatorId }) })
      .returning('id')
      .executeTakeFirstOrThrow();
  const who = await bookingCaller(caller, owner);
  const others = await book(stranger.id);
  const own = await book(who.id);
  const ids: Record<string, number> = {
    'facilitators/{id}': owner.facilitatorId,
    'events/{id}': event,
    'events/{closed}': closed,
    'bookings/{id}': others.id,
    'bookings/{own}': own.id,
  };
  await booking.db.updateTable('users').set({ password: passwordHash }).where('id', '=', stranger.id).execute();
  const bodies: Record<string, unknown> = {
    'post /api/v1/users': { name: 'Lea Brandt', email: `lea${made}@home.example`, password: PASSWORD },
    'post /api/v1/sessions': { email: stranger.email, password: PASSWORD },
    'patch /api/v1/me': { name: 'Ana B.' },
    'post /api/v1/facilitators': { name: 'Noah', email: `noah${made}@home.example` },
    'patch /api/v1/facilitators/{id}': { bio: 'Walks everywhere.' },
    'post /api/v1/events': {
      title: 'Yin by candlelight',
      description: '',
      event_type: 'session',
      date_time: new Date(Date.now() + 48 * HOUR_MS).toISOString(),
      duration: 60,
      max_participants: 5,
      price: 10,
      facilitator_id: owner.facilitatorId,
    },
    'patch /api/v1/events/{id}': { title: 'Yin at noon' },
    'patch /api/v1/events/{closed}': { title: 'Yin at noon' },
    'post /api/v1/bookings': { event_id: event },
    'post /api/v1/crm/sign-ins': { email: stranger.email, password: PASSWORD },
  };
  return { token: who.token, ids, bodies };
}

async function bookingCaller(
  caller: string,
  owner: { id: number; token: string },
): Promise<{ id: number; token: string | undefined }> {
  if (caller === 'owner') return owner;
  if (caller === 'other') return await booking.addFacilitator();
  if (caller === 'unproven') {
    await booking.db.updateTable('users').set({ proven_at: null }).where('id', '=', owner.id).execute();
    return owner;
  }
  const person = await booking.addPerson({ is_admin: caller !== 'participant' });
  if (caller === 'anonymous') return { id: person.id, token: undefined };
  if (caller === 'unknown') return { id: person.id, token: person.token.toUpperCase() };
  if (caller === 'page') return { id: person.id, token: await booking.signIn(person.id, 'page') };
  if (caller === 'expired') {
    const expires_at = new Date(Date.now() - HOUR_MS);
    await booking.db.updateTable('sign_ins').set({ expires_at }).where('user_id', '=', person.id).execute();
  }
  return person;
}

async function crmScene(caller: string) {
  made++;
  const [own, other] = [made * 2, made * 2 + 1];
  await crm.deliver([bookingMessage({ facilitator_id: own, booking_id: made })]);
  const { id } = await crm.app.db
    .selectFrom('booking_notifications')
    .select('id')
    .where('facilitator_id', '=', own)
    .executeTakeFirstOrThrow();
  const bodies: Record<string, unknown> = {
    'post /api/v1/sessions': { email: 'maya@studio.example', password: PASSWORD },
    'post /api/v1/booking-notifications': { notifications: [bookingMessage()] },
    'patch /api/v1/booking-notifications/{id}': { processed: true },
    'post /api/v1/booking-notifications/process': { ids: [id], processed: true },
  };
  return {
    token: await crmToken(caller, caller === 'other' ? other : own),
    ids: { 'booking-notifications/{id}': id },
    bodies,
    id,
  };
}

async function crmToken(caller: string, facilitatorId: number): Promise<string | undefined> {
  if (caller === 'anonymous') return undefined;
  const facilitator = { id: facilitatorId, name: 'Maya Lind' };
  if (caller === 'page') {
    const person = { userId: 3, name: 'Maya Lind', email: 'maya@studio.example', facilitator };
    return await signInToPages(crm.app.db, { ...person, begunAt: new Date() });
  }
  const token = await crm.signIn(facilitatorId);
  if (caller === 'expired') {
    const expires_at = new Date(Date.now() - HOUR_MS);
    await crm.app.db.updateTable('sign_ins').set({ expires_at }).where('facilitator_id', '=', facilitatorId).execute();
  }
  return caller === 'unknown' ? token.toUpperCase() : token;
}

interface Scene {
  token: string | undefined;
  ids: Record<string, number>;
  bodies: Record<string, unknown>;
}

const addressOf = (path: string, ids: Record<string, number>) =>
  path.replace(/([\w-]+\/\{\w+\})/, (place) => `${place.split('/')[0]}/${ids[place] ?? assert.fail(place)}`);

/** The table as it turns out to be, in the words and widths of `expected`. */
async function tryTable(api: AskableApi, expected: string, scene: (caller: string) => Promise<Scene>): Promise<string> {
  const [head = '', ...rows] = expected.trimEnd().split('\n').slice(1);
  const callers = [...head.matchAll(/\S+/g)];
  const lines = [''];
  lines.push(head);
  for (const row of rows) {
    const [method = '', path = ''] = row.split(/ +/);
    let line = `${method.padEnd(6)} ${path}`;
    for (const { 0: caller, index } of callers) {
      const { token, ids, bodies } = await scene(caller);
      const body = bodies[`${method} ${path}`];
      const { status } = await sendRequest(api, method, addressOf(path, ids), { token, body });
      line += String(status).padStart(index + caller.length - line.length);
    }
    lines.push(line);
  }
  return `${lines.join('\n')}\n`;
}

function routesOf(table: string): string[] {
  const rows = table.trim().split('\n').slice(1);
  const named = rows.map((row) =>
    row
      .split(/ +/)
      .slice(0, 2)
      .join(' ')
      .replace(/\{\w+\}/, '{id}'),
  );
  return [...new Set(named)].sort();
}

const signatures = <Callers>(routes: ApiRoute<Callers>[]) =>
  routes.map(({ method, path }) => `${method} ${path}`).sort();

test('the tables have every route, and no other', () => {
  assert.deepEqual(routesOf(BOOKING), signatures(bookingRoutes(booking.app)));
  assert.deepEqual(routesOf(CRM), signatures(crmRoutes(crm.app)));
});

test('each kind of caller gets what the table of booking says', async () => {
  assert.equal(await tryTable(booking.api, BOOKING, bookingScene), BOOKING);
});

test('each kind of caller gets what the table of CRM says', async () => {
  assert.equal(await tryTable(crm.api, CRM, crmScene), CRM);
});

test('marking somebody else’s notifications changes none', async () => {
  const { token, id, bodies } = await crmScene('other');
  const path = '/api/v1/booking-notifications/process';
  const { json } = await sendRequest(crm.api, 'post', path, { token, body: bodies[`post ${path}`] });
  assert.deepEqual(json, { changed: [] });
  const row = await crm.app.db.selectFrom('booking_notifications').selectAll().where('id', '=', id).executeTakeFirst();
  assert.equal(row?.processed, false);
});

/** What every table holds, but for the sign-ins, which note when they were last seen. */
async function contents(pool: pg.Pool): Promise<Record<string, string>> {
  const tables = await pool.query(
    "select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'sign_ins' order by 1",
  );
  const found: Record<string, string> = {};
  for (const { name } of tables.rows) {
    const { rows } = await pool.query(`select md5(string_agg(t::text, '|' order by t::text)) as sum from "${name}" t`);
    found[name] = rows[0].sum;
  }
  return found;
}

async function tryExtraColumns<Callers>(
  { api, pool }: { api: AskableApi; pool: pg.Pool },
  routes: ApiRoute<Callers>[],
  scene: () => Promise<Scene>,
) {
  let tried = 0;
  for (const { method, path } of routes.filter(({ body }) => body)) {
    const { token, ids, bodies } = await scene();
    const sound = bodies[`${method} ${path}`];
    assert.ok(sound, `${method} ${path} has no sound body here`);
    const before = await contents(pool);
    for (const [column, value] of Object.entries(EXTRA_COLUMNS)) {
      const body = { ...sound, [column]: value };
      const { status, json } = await sendRequest(api, method, addressOf(path, ids), { token, body });
      assert.equal(status, 422, `${method} ${path} takes ${column}`);
      assert.deepEqual(
        (json as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer),
        [`/${column}`],
      );
      tried++;
    }
    assert.deepEqual(await contents(pool), before, `${method} ${path} left a trace`);
  }
  return tried;
}

test('no body sets a column that is not a field of it', async () => {
  const { api, app } = booking;
  assert.ok((await tryExtraColumns({ api, pool: app.pool }, bookingRoutes(app), () => bookingScene('admin'))) >= 64);
  const pool = crm.app.pool;
  assert.ok((await tryExtraColumns({ api: crm.api, pool }, crmRoutes(crm.app), () => crmScene('own'))) >= 24);
});

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
