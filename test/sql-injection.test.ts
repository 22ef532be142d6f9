import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countTries, isFullRun } from '@samaya/platform/test-tries.ts';
import fc from 'fast-check';
import pg from 'pg';
import { askDescribed, type DescribedApi, type DescribedRoute, idKind, type Wish } from './described-api.ts';
import { createDescribedApps } from './described-apps.ts';
import { validValues } from './from-schema.ts';
import { sqlPayloads } from './sql-payloads.ts';

const { booking, crm, apps } = await createDescribedApps();
const [ofBooking = assert.fail(), ofCrm = assert.fail()] = apps;
const PAYLOADS = sqlPayloads();

/** The codes and sentences of what PostgreSQL refuses from now on, as they would stand in its log. */
function watchErrors(pool: pg.Pool): string[] {
  const errors: string[] = [];
  const watch = (client: pg.PoolClient) => {
    const { connection } = client as unknown as { connection: NodeJS.EventEmitter };
    connection.on('errorMessage', ({ code, message }: { code: string; message: string }) => {
      errors.push(`${code} ${message}`);
    });
  };
  pool.on('connect', watch);
  for (const client of (pool as unknown as { _clients: pg.PoolClient[] })._clients) watch(client);
  return errors;
}

/** A table that anybody may spoil, and what is in the database. */
async function plantCanary(ownerUrl: string) {
  const owner = new pg.Client(ownerUrl);
  await owner.connect();
  await owner.query(
    "drop table if exists canary; create table canary as select 'sings' as song; grant all on canary to public",
  );
  return {
    async look() {
      const tables = await owner.query(
        "select relname from pg_class where relnamespace = 'public'::regnamespace order by 1",
      );
      const { rows } = await owner.query('select song from canary');
      return { songs: rows, tables: tables.rows };
    },
    end: () => owner.end(),
  };
}

/** One payload in every place of a route where a text can stand. */
function wishesOf(
  route: DescribedRoute,
  id: unknown,
  payload: string,
  sound: Record<string, unknown> | undefined,
): Wish[] {
  const { parameters = [], requestBody } = route.operation;
  const fields = Object.entries(requestBody?.content['application/json']?.schema.properties ?? {});
  const isText = (name: string) => {
    const schema = fields.find(([field]) => field === name)?.[1];
    const types = [schema, ...(schema?.anyOf ?? [])].map((one) => one?.type);
    return types.includes('string') && !schema?.enum && !schema?.format && !schema?.pattern && name !== 'time_zone';
  };
  const texts = fields.map(([name]) => name).filter(isText);
  const others = fields.map(([name]) => name).filter((name) => !isText(name));
  const key = payload.replaceAll(/[^!-~]/g, '+').slice(0, 255);
  return [
    ...parameters.filter((one) => one.in === 'query').map(({ name }) => ({ id, query: { [name]: payload } })),
    ...(id === undefined ? [] : [{ id: payload }]),
    ...(texts.length > 0
      ? [{ id, body: { ...sound, ...Object.fromEntries(texts.map((name) => [name, payload])) } }]
      : []),
    ...others.map((name) => ({ id, body: { ...sound, [name]: payload } })),
    ...(parameters.some((one) => one.in === 'header')
      ? [{ id, body: sound, headers: { 'idempotency-key': key } }]
      : []),
  ];
}

async function injectEverywhere(app: DescribedApi): Promise<{ tried: number; taken: number }> {
  let [tried, taken] = [0, 0];
  const token = await app.signIn();
  for (const [place, route] of app.described.filter(({ method }) => method !== 'delete').entries()) {
    const schema = route.operation.requestBody?.content['application/json']?.schema;
    const [id] = app.rows[idKind(route.path) ?? ''] ?? [undefined];
    for (const [index, payload] of PAYLOADS.entries()) {
      // A short run takes some ten of them to each route, others to each.
      if (!isFullRun && (index + place * 7) % 25 !== 0) continue;
      const sound =
        schema &&
        (fc.sample(validValues(schema, app.special), { seed: index, numRuns: 1 })[0] as Record<string, unknown>);
      for (const wish of wishesOf(route, id, payload, sound)) {
        const { status, text } = await askDescribed(app, route, { token, ...wish });
        const request = `${route.method} ${route.path} ${JSON.stringify(wish)}: ${text}`;
        assert.ok(status < 500 || text.includes('"booking-away"'), request);
        if (status >= 400) assert.doesNotMatch(text, /syntax error|relation |PostgreSQL|postgres|kysely/i, request);
        else taken++;
        tried++;
      }
    }
  }
  return { tried, taken };
}

test('FUZZ-10: no text that is asked for or written becomes SQL', async (t) => {
  assert.ok(PAYLOADS.length >= 200, `${PAYLOADS.length}`);
  let all = 0;
  for (const [app, pool, ownerUrl] of [
    [ofBooking, booking.app.pool, booking.ownerUrl],
    [ofCrm, crm.app.pool, crm.database.ownerUrl],
  ] as const) {
    const canary = await plantCanary(ownerUrl);
    const before = await canary.look();
    const errors = watchErrors(pool);
    const { tried, taken } = await injectEverywhere(app);
    all += tried;
    // Not only syntax: a text that PostgreSQL has to refuse should have been refused before.
    assert.deepEqual(
      errors.filter((error) => /^(42|22)/.test(error)),
      [],
    );
    assert.deepEqual(await canary.look(), before);
    // Else it would only have knocked at closed doors.
    assert.ok(taken >= 8, `${app.name} took ${taken} of ${tried}`);
    await canary.end();
  }
  countTries(t, 'FUZZ-10', { short: all, full: all });
});

test('negative control: a statement made of text is noticed by its syntax and by the canary', async () => {
  const canary = await plantCanary(crm.database.ownerUrl);
  const errors = watchErrors(crm.app.pool);
  const look = (title: string) =>
    crm.app.pool.query(`select id from booking_notifications where event_title = '${title}'`);
  assert.equal((await canary.look()).songs.length, 1);
  await look("'; delete from canary; --");
  assert.equal((await canary.look()).songs.length, 0);
  for (const payload of PAYLOADS) await look(payload).catch(() => undefined);
  assert.ok(errors.filter((error) => error.startsWith('42601')).length > 20);
  await canary.end();
});
