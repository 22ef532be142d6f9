import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answered, type Sending, send } from './access-requests.ts';
import { type AccessRoute, listRoutes, nameOf, thingOf } from './access-routes.ts';
import { type App, ONLY_AT_API, type Scene } from './access-scenes.ts';
import { forEachCaller, openAccessStudio } from './access-studio.ts';
import { createVisitor } from './page-visitor.ts';
import { differencesOf, tableContents } from './table-contents.ts';

const NOBODYS = 2_000_000_001;
const STRANGERS = new Set(['anonymous', 'unknown', 'expired', 'misplaced', 'disabled', 'unproven', 'other', 'rival']);
// What everybody may see, or whoever holds the link.
const TOKENS = ['guestToken', 'proveToken', 'resetToken', 'addressToken'];
const OPEN = new Set(['facilitator', 'mail', ...TOKENS]);
// No thing of anybody's: a file with what is kept of whoever asks.
const OWN = 'file';

// The hash of a script that says which page it is, and when the page was made.
const CHANCE = /'sha256-[\w+/=]+'|\btoday:"[^"]+"|\b[\d.]+ (?:m?s|min|h) ago/g;

const studio = await openAccessStudio();
const pools = { booking: studio.booking.app.pool, crm: studio.crm.app.pool };

/** Other ids for what the parameters of a route stand for: those of things that not everybody may see, and of none. */
function idsFor({ ids }: Scene): { hidden: Record<string, number | string>; none: Record<string, number | string> } {
  const forged = (id: unknown) => `${id}.${'A'.repeat(43)}`;
  const events = ['event', 'visited', 'begun'];
  return {
    hidden: {
      ...Object.fromEntries(events.map((name) => [name, ids.closed ?? 0])),
      eventPage: ids.closedPage ?? '',
      ...Object.fromEntries(TOKENS.map((name) => [name, forged(String(ids[name]).split('.')[0])])),
    },
    none: {
      ...Object.fromEntries(
        [...events, 'closed', 'booked', 'facilitator', 'person', 'notification', 'passkey'].map((name) => [
          name,
          NOBODYS,
        ]),
      ),
      eventPage: `${NOBODYS}-closed-of`,
      closedPage: `${NOBODYS}-closed-of`,
      mail: '00000000-0000-4000-8000-000000000000',
      ...Object.fromEntries(TOKENS.map((name) => [name, forged(NOBODYS)])),
    },
  };
}

/** An answer without what differs between any two requests, and without the ids that were asked for. */
function plain({ status, headers, text }: Answered, ids: readonly (number | string)[]): string {
  const pattern = new RegExp(
    [...ids]
      .map(String)
      .sort((one, other) => other.length - one.length)
      .map((id) => `(?<=%2F|(?<!\\w))${RegExp.escape(id)}(?!\\w)`)
      .join('|'),
    'g',
  );
  const requestId = headers.get('x-request-id') ?? 'none';
  const clean = (value: string) => value.replaceAll(requestId, '#').replaceAll(CHANCE, '#').replaceAll(pattern, '@');
  const kept = [...headers].filter(([name]) => !['date', 'content-length', 'etag'].includes(name));
  return [status, ...kept.map(([name, value]) => `${name}: ${clean(value)}`).sort(), clean(text)].join('\n');
}

/** Throws with where they begin to differ. */
function assertAlike(one: string, other: string, what: string): void {
  if (one === other) return;
  let start = 0;
  while (one[start] === other[start]) start++;
  const near = (text: string) => text.slice(Math.max(0, start - 100), start + 200);
  assert.fail(`${what}:\n${near(one)}\nis not\n${near(other)}`);
}

const isRefused = ({ status, location }: Answered) =>
  status >= 400 || status === 204 || (status === 303 && location?.startsWith('/sign-in') === true);

async function compareIds(route: AccessRoute, scene: Scene): Promise<boolean> {
  const { hidden, none } = idsFor(scene);
  const what = `${scene.caller}: ${nameOf(route)}`;
  const things = [...route.path.matchAll(/[[{](\w+)[\]}]/g)].map(([, parameter = '']) => thingOf(route, parameter));
  const answer = await send(studio, route, scene, { ids: hidden });
  // Who may, and comes too late or too early, is told so.
  if (!isRefused(answer) || (answer.status === 409 && !STRANGERS.has(scene.caller))) {
    const mayAsk =
      !STRANGERS.has(scene.caller) ||
      (route.declared === 'anyone' && things.every((one) => OPEN.has(one))) ||
      things.every((one) => one === OWN);
    assert.ok(mayAsk, `${what} was answered ${answer.status}`);
    return true;
  }
  const nothing = await send(studio, route, scene, { ids: none });
  const ids = Object.entries({ ...scene.ids, ...hidden }).flatMap(([name, id]) => (things.includes(name) ? [id] : []));
  const asked = [...ids, ...Object.values(none)];
  assertAlike(plain(answer, asked), plain(nothing, asked), what);
  return false;
}

test('AUTHZ-02: what is somebody else’s is answered as what does not exist, whatever route names it', async () => {
  let compared = 0;
  for (const app of ['booking', 'crm'] as const) {
    const routes = (await listRoutes(studio, app)).filter(({ path }) => /[[{]\w+[\]}]/.test(path));
    await forEachCaller(app, async (caller) => {
      let scene: Scene | undefined;
      for (const route of routes) {
        if (route.kind !== 'api' && ONLY_AT_API.has(caller)) continue;
        scene ??= await studio.scene(app, caller);
        const isChanged = await compareIds(route, scene);
        if (isChanged && route.method !== 'GET') scene = undefined;
        compared++;
      }
    });
  }
  assert.ok(compared > 400, String(compared));
});

interface Case {
  app?: App;
  caller: string;
  route: string;
  /** With an id that is somebody else's; and with one that is nobody's. */
  sending(id: number | string, scene: Scene): Sending;
  foreign(scene: Scene): number | string;
}

const IN_BODIES: readonly Case[] = [
  {
    caller: 'facilitator',
    route: 'POST /api/v1/events',
    foreign: ({ ids }) => ids.rival ?? 0,
    sending: (id) => ({
      body: {
        ...{ title: 'Yin', description: '', event_type: 'session', date_time: '2031-05-01T10:00:00Z' },
        ...{ duration: 60, max_participants: 5, price: 10, facilitator_id: id },
      },
    }),
  },
  {
    caller: 'facilitator',
    route: 'PATCH /api/v1/events/{id}',
    foreign: ({ ids }) => ids.rival ?? 0,
    sending: (id) => ({ body: { facilitator_id: id } }),
  },
  {
    caller: 'rival',
    route: 'GET /organise/events/new',
    foreign: ({ ids }) => ids.closed ?? 0,
    sending: (id) => ({ query: { from: String(id) } }),
  },
  ...['facilitator', 'assistant', 'rival'].map((caller) => ({
    caller,
    route: 'POST /organise/events/[event]/roster?/mark',
    foreign: ({ ids }: Scene) => (caller === 'rival' ? ids.begunBooking : ids.foreignBooking) ?? 0,
    sending: (id: number | string) => ({ form: { mark: `attended.${id}` } }),
  })),
  {
    caller: 'facilitator',
    route: 'POST /organise/events/[event]/roster?/takeBack',
    foreign: ({ ids }) => ids.foreignBooking ?? 0,
    sending: (id) => ({ form: { ids: String(id) } }),
  },
  ...['GET', 'POST'].map((method) => ({
    caller: 'facilitator',
    route: `${method} /organise/events/[event]/roster/[booking]`,
    foreign: ({ ids }: Scene) => ids.foreignBooking ?? 0,
    sending: (id: number | string) => ({ ids: { booked: id } }),
  })),
  {
    caller: 'other',
    route: 'POST /account/sign-ins?/end',
    foreign: ({ ids }) => ids.signIn ?? 0,
    sending: (id) => ({ form: { sign_in: String(id) } }),
  },
  {
    caller: 'other',
    route: 'POST /account/tokens?/end',
    foreign: ({ ids }) => ids.access ?? 0,
    sending: (id) => ({ form: { token: String(id) } }),
  },
  {
    caller: 'rival',
    route: 'POST /organise/assistants?/remove',
    foreign: ({ ids }) => ids.assistant ?? 0,
    sending: (id) => ({ form: { assistant: String(id) } }),
  },
  {
    caller: 'admin',
    route: 'POST /admin/people/[person]?/end',
    foreign: ({ ids }) => ids.signIn ?? 0,
    sending: (id) => ({ form: { sign_in: String(id) } }),
  },
  {
    app: 'crm',
    caller: 'facilitator',
    route: 'POST /api/v1/booking-notifications/process',
    foreign: ({ ids }) => ids.rivals ?? 0,
    sending: (id) => ({ body: { ids: [id], processed: true } }),
  },
  {
    app: 'crm',
    caller: 'facilitator',
    route: 'POST /mark',
    foreign: ({ ids }) => ids.rivals ?? 0,
    sending: (id) => ({ form: { mark: `done.${id}`, back: '/' } }),
  },
  {
    app: 'crm',
    caller: 'facilitator',
    route: 'GET /(inbox)',
    foreign: ({ ids }) => ids.rivals ?? 0,
    sending: (id) => ({ query: { marked: `done.${id}` } }),
  },
];

test('AUTHZ-02: ids in bodies, forms and queries tell nothing of other people’s things, and touch none', async () => {
  const routes = { booking: await listRoutes(studio, 'booking'), crm: await listRoutes(studio, 'crm') };
  for (const { app = 'booking', caller, route: name, sending, foreign } of IN_BODIES) {
    const route = routes[app].find((one) => nameOf(one) === name);
    assert.ok(route, name);
    const scene = await studio.scene(app, caller);
    const before = await tableContents(pools[app]);
    const id = foreign(scene);
    const [theirs, nobodys] = [
      await send(studio, route, scene, sending(id, scene)),
      await send(studio, route, scene, sending(NOBODYS, scene)),
    ];
    assertAlike(plain(theirs, [id, NOBODYS]), plain(nobodys, [id, NOBODYS]), `${caller}: ${name}`);
    assert.deepEqual(differencesOf(before, await tableContents(pools[app])), [], `${caller}: ${name}`);
  }
});

test('AUTHZ-02: who books a closed event by its number learns that it is closed, and nothing else of it', async () => {
  const scene = await studio.scene('booking', 'other');
  const route = (await listRoutes(studio, 'booking')).find((one) => nameOf(one) === 'POST /api/v1/bookings');
  assert.ok(route);
  const { status, text } = await send(studio, route, scene, { body: { event_id: scene.ids.closed } });
  const { code, ...rest } = JSON.parse(text);
  assert.deepEqual([status, code], [409, 'event-inactive']);
  assert.deepEqual(Object.keys(rest).sort(), ['detail', 'instance', 'status', 'title', 'type'], text);
  assert.doesNotMatch(text, /Closed of/);
});

test('AUTHZ-02: a sign-in on its way to CRM belongs to the browser that began it', async () => {
  const began = createVisitor();
  const { url } = await began.get(`${studio.urls.crm}/`);
  assert.match(url, /interaction=/);
  const another = createVisitor();
  const [theirs, nobodys] = [
    await another.get(url),
    await another.get(url.replace(/interaction=.*/, 'interaction=no')),
  ];
  assert.equal(theirs.status, 410);
  assert.equal(nobodys.status, 410);
});
