import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answered, send } from './access-requests.ts';
import { type AccessRoute, listRoutes, nameOf } from './access-routes.ts';
import { type App, ONLY_AT_API, type Scene } from './access-scenes.ts';
import { forEachCaller, openAccessStudio } from './access-studio.ts';

const APPS = ['booking', 'crm'] as const;
const ADDRESS = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;
// By the request itself, for somebody new.
const JUST_GIVEN = /^(lea|noah)\.[\w-]+@home\.example$/;
const NAME = /\b(?:Person|Booker) \d+\b/g;
// What only the server keeps: hashes of passwords and secrets, and the columns that hold them.
const INSIDE = /\$argon2|\$scrypt|secret_hash|password_hash|state_hash/;
const TELLING_KEY = /password|hash|secret|token|_key$|google_id|last_error|import_key/i;
const MAY_TELL = new Set([
  // Told this once, to whoever just gave the password.
  'POST /api/v1/sessions token',
  // Everything kept about the person who asks.
  'GET /api/v1/me/export users.google_id',
]);

const studio = await openAccessStudio();

interface JsonSchema {
  $ref?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  allOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  additionalProperties?: boolean | JsonSchema;
}
interface OpenApi {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema?: JsonSchema }> }> }>
  >;
}

const documents: Record<App, OpenApi> = {
  booking: (await (await fetch(`${studio.urls.booking}/openapi.json`)).json()) as OpenApi,
  crm: (await (await fetch(`${studio.urls.crm}/openapi.json`)).json()) as OpenApi,
};

/** Keys of an answer that its documentation does not know, with the way to each. */
function undocumented(value: unknown, schemas: readonly JsonSchema[], document: OpenApi, way = ''): string[] {
  const known = schemas.flatMap((schema) => alternatives(schema, document));
  if (Array.isArray(value)) {
    const items = known.flatMap(({ items: of }) => (of ? [of] : []));
    return value.flatMap((one) => undocumented(one, items, document, way));
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = way === '' ? key : `${way}.${key}`;
    const of = known.flatMap(({ properties }) => {
      const schema = properties && Object.hasOwn(properties, key) ? properties[key] : undefined;
      return schema ? [schema] : [];
    });
    return of.length === 0 ? [at] : undocumented(inner, of, document, at);
  });
}

function alternatives(schema: JsonSchema, document: OpenApi): JsonSchema[] {
  const { $ref, anyOf = [], allOf = [], oneOf = [] } = schema;
  if ($ref) {
    const found = $ref
      .slice(2)
      .split('/')
      .reduce<unknown>((part, step) => (part as Record<string, unknown>)[step], document);
    return alternatives(found as JsonSchema, document);
  }
  return [schema, ...[...anyOf, ...allOf, ...oneOf].flatMap((one) => alternatives(one, document))];
}

function schemaOf({ app, method, path }: AccessRoute, { status, headers }: Answered): JsonSchema {
  const documented = path.replace('{closed}', '{id}');
  const response = documents[app].paths[documented]?.[method.toLowerCase()]?.responses[String(status)];
  const type = headers.get('content-type')?.split(';')[0] ?? '';
  const schema = response?.content?.[type]?.schema;
  assert.ok(schema, `${method} ${path}: nothing is documented for ${status} as ${type}`);
  return schema;
}

const keysOf = (value: unknown, way = ''): string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) => {
        const at = Array.isArray(value) ? way : way === '' ? key : `${way}.${key}`;
        return [at, ...keysOf(inner, at)];
      });

/** The people whose name and address the caller may read on a route. */
function knownTo({ caller, people, ids }: Scene, { app, path }: AccessRoute): { email: string; name: string }[] {
  if (app === 'crm') {
    const own = { email: `booker${ids.own}@home.example`, name: `Booker ${ids.own}` };
    const rivals = { email: `booker${ids.other}@home.example`, name: `Booker ${ids.other}` };
    const facilitator = people.maya ? [people.maya] : [];
    return [...facilitator, ...(caller === 'rival' ? [rivals] : caller === 'facilitator' ? [own] : [])];
  }
  const known = new Set([['expired', 'misplaced', 'disabled'].includes(caller) ? '' : caller]);
  // Who booked what they lead.
  if (['facilitator', 'assistant', 'token'].includes(caller)) for (const who of ['user', 'guest']) known.add(who);
  if (caller === 'facilitator') known.add('assistant');
  // Whoever holds the link, or is told of the mail that was just asked for.
  const links: Record<string, string> = {
    ...{ '/b/': 'guest', '/confirm/': 'newcomer', '/reset/[': 'forgetful', '/address/': 'moved' },
    ...{ '/booked': 'user', '/reset/sent': 'user', '/account/address/sent': 'user', '/sign-up/sent': 'newcomer' },
    // Whose password was just given.
    ...{ '/api/v1/sessions': 'user' },
  };
  for (const [start, who] of Object.entries(links)) if (path.startsWith(start)) known.add(who);
  const moved = people.mover && { ...people.mover, email: `new.${people.mover.email}` };
  return Object.entries({ ...people, ...(moved && { moved }) }).flatMap(([who, person]) =>
    known.has(who) ? [person] : [],
  );
}

function faultsOf(route: AccessRoute, scene: Scene, answer: Answered): string[] {
  const { text, headers } = answer;
  const what = `${scene.caller}: ${nameOf(route)}`;
  const faults: string[] = [];
  const all = [text, ...[...headers].map(([, value]) => decodeURIComponent(value.replaceAll('%', '%25')))].join('\n');
  if (INSIDE.test(all)) faults.push(`${what} tells ${INSIDE.exec(all)?.[0]}`);
  // An admin reads of everybody; the mailbox of all is there only while nobody but this machine can reach the site.
  const readsAll =
    ['admin', 'booker', 'reader'].includes(scene.caller) && /^\/(admin|organise|api\/v1\/events)/.test(route.path);
  if (!readsAll && !route.path.startsWith('/dev/')) {
    const known = knownTo(scene, route);
    const told = (pattern: RegExp) => [...new Set(all.match(pattern))];
    const mayRead = new Set(known.flatMap(({ email, name }) => [email, name]));
    const foreign = [...told(ADDRESS), ...told(NAME)].filter((one) => !mayRead.has(one) && !JUST_GIVEN.test(one));
    faults.push(...foreign.map((one) => `${what} tells ${one}`));
  }
  if (headers.get('content-type')?.includes('json') && route.kind === 'api') {
    const json: unknown = JSON.parse(text);
    faults.push(
      ...undocumented(json, [schemaOf(route, answer)], documents[route.app]).map((key) => `${what} has the key ${key}`),
      ...keysOf(json)
        .filter((key) => TELLING_KEY.test(key.split('.').at(-1) ?? '') && !MAY_TELL.has(`${nameOf(route)} ${key}`))
        .map((key) => `${what} tells the key ${key}`),
    );
  }
  // What a cache or another person could compare belongs to what everybody may see.
  if (headers.has('etag') && route.declared !== 'anyone' && route.kind !== 'beside') faults.push(`${what} has an ETag`);
  return faults;
}

/** What a page is made of has to be for those only whom the page is for. */
function dataFaultsOf(
  route: AccessRoute,
  scene: Scene,
  { answer, data }: { answer: Answered; data: Answered },
): string[] {
  const faults = faultsOf(route, scene, data).map((fault) => `${fault}, as data`);
  const isRefused = answer.status >= 300;
  const isData =
    data.status === 200 && JSON.parse(data.text).type !== 'redirect' && !data.text.includes('"type":"error"');
  return isRefused && isData ? [...faults, `${scene.caller}: ${nameOf(route)} gives data and no page`] : faults;
}

test('AUTHZ-04: no answer tells anybody of others’ names and addresses, of hashes or tokens, or more than is documented', async () => {
  const faults = new Set<string>();
  let told = 0;
  for (const app of APPS) {
    const routes = await listRoutes(studio, app);
    const read = async (caller: string) => {
      let scene: Scene | undefined;
      for (const route of routes) {
        if (route.kind !== 'api' && (route.method !== 'GET' || ONLY_AT_API.has(caller))) continue;
        scene ??= await studio.scene(app, caller);
        const answer = await send(studio, route, scene);
        for (const fault of faultsOf(route, scene, answer)) faults.add(fault);
        if (route.kind === 'pages') {
          const data = await send(studio, route, scene, { dataOnly: true });
          for (const fault of dataFaultsOf(route, scene, { answer, data })) faults.add(fault);
        }
        told += answer.text.match(ADDRESS)?.length ?? 0;
        if (route.method !== 'GET' && answer.status < 400) scene = undefined;
      }
    };
    await forEachCaller(app, read);
  }
  assert.deepEqual([...faults], []);
  assert.ok(told > 50, `addresses were told to whom they concern: ${told}`);
});

test('negative control: an answer that tells too much is found', async () => {
  const scene = await studio.scene('booking', 'other');
  const route = (await listRoutes(studio, 'booking')).find((one) => nameOf(one) === 'GET /api/v1/me');
  assert.ok(route);
  const answer = await send(studio, route, scene);
  assert.deepEqual(faultsOf(route, scene, answer), []);
  const more = { ...JSON.parse(answer.text), password: '$argon2id$v=19', friend: scene.people.user?.email };
  const headers = new Headers([...answer.headers, ['etag', '"1"']]);
  assert.deepEqual(faultsOf(route, scene, { ...answer, headers, text: JSON.stringify(more) }), [
    'other: GET /api/v1/me tells $argon2',
    `other: GET /api/v1/me tells ${scene.people.user?.email}`,
    'other: GET /api/v1/me has the key password',
    'other: GET /api/v1/me has the key friend',
    'other: GET /api/v1/me tells the key password',
    'other: GET /api/v1/me has an ETag',
  ]);
});

/** What an address answers, to somebody of the scene. */
async function read(scene: Scene, path: string, headers: Record<string, string> = {}): Promise<Answered> {
  const isApi = path.startsWith('/api/');
  const answer = await fetch(studio.urls.booking + path, {
    redirect: 'manual',
    headers: {
      accept: 'text/html',
      ...(isApi && scene.bearer && { authorization: `Bearer ${scene.bearer}` }),
      ...(!isApi && scene.secret && { cookie: `samaya_booking=${scene.secret}` }),
      ...headers,
    },
  });
  const location = answer.headers.get('location');
  return { status: answer.status, location, headers: answer.headers, text: await answer.text() };
}

const titleOf = ({ ids }: Scene) => String(ids.closedPage).replace(/^\d+-/, '').replaceAll('-', ' ');

test('who leads an event that is not open finds it, so that the others could', async () => {
  const scene = await studio.scene('booking', 'facilitator');
  for (const path of ['/organise/events', `/organise/events?q=${encodeURIComponent(titleOf(scene))}`]) {
    assert.match((await read(scene, path)).text, new RegExp(titleOf(scene), 'i'), path);
  }
});

for (const caller of ['anonymous', 'other', 'rival', 'unproven']) {
  test(`AUTHZ-05: no list, search, count, calendar or feed tells ${caller} of an event that is not open`, async () => {
    const scene = await studio.scene('booking', caller);
    const title = titleOf(scene);
    const { facilitator, closed } = scene.ids;
    const words = encodeURIComponent(title);
    for (const path of [
      ...['/', '/events', '/events?view=month', '/events?view=week', '/events.ics', '/sitemap.xml', '/facilitators'],
      ...[`/events?q=${words}`, `/events.ics?q=${words}`, `/events?facilitator_id=${facilitator}`],
      ...[`/facilitators/${facilitator}`, `/facilitators/${facilitator}/calendar.ics`, '/bookings', '/account/export'],
      ...[`/api/v1/events?q=${words}`, `/api/v1/events?facilitator_id=${facilitator}`, '/api/v1/events'],
      ...['/api/v1/bookings', '/api/v1/me/export', '/organise', '/organise/events', `/organise/events?q=${words}`],
    ]) {
      const { text } = await read(scene, path);
      // The words that were searched for stand in their field.
      const told = text.replaceAll(/<input[^>]*>/g, '').replaceAll(/[“"][^“”"]*[”"]|q=[^"&]*/g, '');
      assert.doesNotMatch(told, new RegExp(title, 'i'), path);
      assert.doesNotMatch(text, new RegExp(`/e/${closed}\\b|"id":${closed},"title"`), path);
    }
    // Whether there is such an event, or none of the words: the same count.
    const counts = await Promise.all([words, 'xyzzy'].map((q) => read(scene, `/events/count?q=${q}`)));
    assert.equal(counts[0]?.text, counts[1]?.text);
  });
}

test('AUTHZ-05: a list of bookings goes on in one’s own, whoever’s place in it is given', async () => {
  const user = await studio.scene('booking', 'user');
  const { db } = studio.booking;
  const events = await Promise.all(
    [1, 2, 3].map(() => studio.booking.addEvent({ facilitator_id: Number(user.ids.rival) })),
  );
  const userId = user.people.user?.id ?? 0;
  await db
    .insertInto('bookings')
    .values(events.map((event_id) => ({ user_id: userId, event_id })))
    .execute();
  const { next, items } = JSON.parse((await read(user, '/api/v1/bookings?limit=1')).text);
  assert.ok(next && items.length === 1);
  const other = { ...user, bearer: user.people.other?.token };
  const list = JSON.parse((await read(other, `/api/v1/bookings?limit=100&after=${next}`)).text);
  assert.deepEqual(
    (list.items as { user_id: number }[]).filter((booking) => booking.user_id !== user.people.other?.id),
    [],
  );
});

test('AUTHZ-05: who leads other events finds nobody of this one by searching their own list', async () => {
  const scene = await studio.scene('booking', 'rival');
  const { user } = scene.people;
  const whole = await read(scene, `/organise/events/${scene.ids.foreign}/roster`);
  assert.match(whole.text, /id="b\d+"/);
  for (const q of [user?.email ?? '', user?.name ?? '']) {
    const { status, text } = await read(
      scene,
      `/organise/events/${scene.ids.foreign}/roster?q=${encodeURIComponent(q)}`,
    );
    assert.equal(status, 200);
    assert.doesNotMatch(text.replaceAll(/<input[^>]*>/g, ''), new RegExp(`href="mailto:${user?.email}`));
    assert.doesNotMatch(text, /id="b\d+"/);
  }
});

test('AUTHZ-05: what is told by a tag alone is told to nobody who may not see it', async () => {
  const scene = await studio.scene('booking', 'facilitator');
  const path = `/e/${scene.ids.closed}/picture.png`;
  const seen = await read(scene, path);
  for (const tag of [seen.headers.get('etag') ?? '"none"', '*']) {
    const other = await read({ ...scene, secret: undefined }, path, { 'if-none-match': tag });
    assert.equal(other.status, 404, `${path} to a stranger who has ${tag}`);
  }
});
