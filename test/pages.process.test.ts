import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { book } from './book-over-http.ts';
import { rowsOf } from './both-databases.ts';
import { createCrowd } from './crowd.ts';
import { createVisitor, textOf, type VisitedPage } from './page-visitor.ts';
import { startBooking, startCrm } from './processes.ts';
import { PASSWORD, startTwoApps } from './two-apps.ts';

const ANA = { email: 'ana@studio.example', password: PASSWORD };

// All of them first: tests begin with the first `test`, and what starts later would belong to none.
const sites = [
  { dev: false, apps: await startTwoApps() },
  { dev: true, apps: await startTwoApps({ dev: true }) },
];

for (const { dev, apps } of sites) {
  const how = dev ? 'in development' : 'built';
  const { booking, crm, databases } = apps;

  // What each application's form answers when it is taken.
  const forms = [
    { url: `${booking.url}/sign-in`, fields: ANA, taken: 303 },
    { url: `${booking.url}/sign-in`, fields: { ...ANA, password: 'wrong' }, taken: 401 },
    { url: `${crm.url}/sign-out`, fields: {}, taken: 303 },
  ] as const;

  for (const { url, fields, taken } of forms) {
    const form = `${new URL(url).port === String(booking.port) ? 'booking' : 'CRM'}'s ${new URL(url).pathname} (${taken})`;

    test(`${how}, ${form} takes a form of its own page`, async () => {
      const origin = new URL(url).origin;
      assert.equal(await statusOfPost(url, fields, { origin }), taken);
      assert.equal(await statusOfPost(url, fields, { origin, 'sec-fetch-site': 'same-origin' }), taken);
      const loopback = url.replace('localhost', '127.0.0.1');
      assert.equal(await statusOfPost(loopback, fields, { origin: new URL(loopback).origin }), taken);
    });

    test(`${how}, ${form} refuses the form of another site`, async () => {
      for (const headers of [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
        {},
      ] as Record<string, string>[]) {
        assert.equal(await statusOfPost(url, fields, headers), 403, JSON.stringify(headers));
      }
    });
  }

  test(`${how}, a booking made through the API is on the page at once`, async () => {
    const crowd = await createCrowd(databases.booking.ownerUrl, { places: [10], people: 1 });
    const visitor = createVisitor();
    assert.match(textOf((await visitor.get(booking.url)).html), /Evening circle 1.*10 places left/);
    const answer = await book({
      url: booking.url,
      token: crowd.people[0]?.token ?? '',
      eventId: crowd.eventIds[0] ?? 0,
    });
    assert.equal(answer.status, 201);
    assert.match(textOf((await visitor.get(booking.url)).html), /Evening circle 1.*9 places left/);
  });

  test(`${how}, an event's page is found by its id, and its words follow the title`, async () => {
    const [row] = await rowsOf(
      databases.booking.ownerUrl,
      `with maker as (insert into facilitators (name, email) values ('Noah', 'noah@studio.example') returning id)
       insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id)
       select 'Café & <b>silence</b>', 'Sit.', 'session', now() + interval '2 days', 60, 3, 1, id from maker returning id`,
    );
    const address = `${booking.url}/e/${row?.id}-cafe-b-silence-b`;
    for (const words of ['', '-', '-old-title', '-cafe-b-silence-b']) {
      const page = await createVisitor().get(`${booking.url}/e/${row?.id}${words}`);
      assert.deepEqual([page.status, page.url], [200, address]);
      assert.match(textOf(page.html), /3 places left About Sit\./);
      assert.doesNotMatch(page.html, /<b>silence/);
    }
    for (const wrong of ['0', '999999', '99999999999', 'x', '1e1', '%00', '-1']) {
      assert.equal((await createVisitor().get(`${booking.url}/e/${wrong}`)).status, 404, wrong);
    }
    await rowsOf(databases.booking.ownerUrl, `update events set is_active = false where id = ${row?.id}`);
    // Another's change is seen by whoever asks a second later.
    const changedAt = performance.now();
    for (let askedAt = changedAt; (await createVisitor().get(address)).status !== 404; askedAt = performance.now()) {
      assert.ok(askedAt < changedAt + 1000);
    }
  });

  test(`${how}, pages carry the headers that keep them safe`, async () => {
    for (const [url, other] of [
      [booking.url, crm.url],
      [`${crm.url}/signed-out`, undefined],
    ] as const) {
      const { headers, html } = await createVisitor().get(url);
      const policy = headers.get('content-security-policy') ?? '';
      assert.match(policy, /default-src 'none'/);
      assert.match(policy, /frame-ancestors 'none'/);
      assert.ok(`${policy};`.includes(`form-action 'self'${other ? ` ${other}` : ''};`), policy);
      if (!dev) assert.doesNotMatch(policy, /unsafe/);
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('referrer-policy'), 'same-origin');
      // Strangers share the pages of booking, except while they are worked on.
      const isShared = url === booking.url && !dev;
      assert.equal(headers.get('cache-control'), isShared ? 'public, max-age=0, s-maxage=1' : 'private, no-cache');
      assert.match(headers.get('content-type') ?? '', /text\/html;\s*charset=utf-8/i);
      assert.match(headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
      assert.match(html, /<html lang="en">[\s\S]*<title>[^<]+<\/title>[\s\S]*<main/);
      if (!dev) assert.doesNotMatch(html, /<script/);
    }
  });

  test(`${how}, what does not exist is a page with a way back`, async () => {
    for (const url of [`${booking.url}/no/such/page`, `${crm.url}/no/such/page`]) {
      const page = await createVisitor().get(url);
      assert.equal(page.status, 404);
      assert.match(textOf(page.html), /There is nothing here/);
      assert.match(page.html, /<a [^>]*href="\/"/);
    }
  });

  test(`${how}, hostile forms and addresses are refused, never a fault`, async () => {
    const visitor = createVisitor();
    const pages: VisitedPage[] = [];
    for (const q of ['\0', '%', '\ud800', "' or 1=1 --", 'x'.repeat(5000), '<script>alert(1)</script>']) {
      pages.push(await visitor.get(`${booking.url}/?${new URLSearchParams({ q })}`));
      pages.push(await visitor.get(`${booking.url}/?${new URLSearchParams({ after: q })}`));
      pages.push(await visitor.get(`${booking.url}/sign-in?${new URLSearchParams({ interaction: q })}`));
      pages.push(await visitor.post(`${booking.url}/sign-in`, { email: q, password: q }));
      pages.push(await visitor.post(`${booking.url}/sign-in?interaction=x`, { email: 'x', password: q }));
    }
    pages.push(await visitor.post(`${booking.url}/sign-in`, {}));
    pages.push(await visitor.get(`${booking.url}/%00`));
    for (const { status, url, html } of pages) {
      assert.ok(status < 500, `${status} ${url.slice(0, 200)}`);
      assert.doesNotMatch(html, /<script>alert/);
    }
    const cookie = 'samaya_booking=%00; samaya_crm=%00; samaya_crm_sign_in=x; samaya_oidc_session=x';
    for (const url of [booking.url, `${crm.url}/signed-out`, `${crm.url}/sign-in/callback?code=x&state=y`]) {
      assert.ok((await fetch(url, { headers: { cookie } })).status < 500, url);
    }
  });
}

test('in development too, an error of our server code is known to the pages, not a copy of it', async () => {
  const crm = await startCrm({ database: sites[1]?.apps.databases.crm ?? assert.fail(), dev: true });
  const page = await createVisitor().get(crm.url);
  assert.equal(page.status, 503);
  assert.match(textOf(page.html), /Booking, where you sign in, does not answer/);
});

test('behind https a sign-in is a cookie of this host alone, never sent in clear', async () => {
  const { databases } = sites[0]?.apps ?? assert.fail();
  const publicUrl = 'https://book.example.org';
  const booking = await startBooking({
    database: databases.booking,
    environment: { BOOKING_URL: publicUrl, CRM_URL: 'https://crm.example.org', RATE_LIMITS: 'on' },
  });
  const post = (origin: string) =>
    fetch(`${booking.url}/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams(ANA),
      headers: { accept: 'text/html', origin },
    });
  assert.equal((await post(booking.url)).status, 403);
  const taken = await post(publicUrl);
  assert.equal(taken.status, 303);
  const cookie = taken.headers.getSetCookie().find((line) => line.startsWith('__Host-samaya_booking=')) ?? '';
  assert.match(cookie, /; Path=\/;.*HttpOnly; Secure; SameSite=Lax$/);
  assert.doesNotMatch(cookie, /Domain/i);
  assert.match(taken.headers.get('strict-transport-security') ?? '', /max-age=31536000/);
  const issuer = await fetch(`${booking.url}/oidc/.well-known/openid-configuration`, {
    headers: { 'x-forwarded-host': 'evil.example' },
  });
  const { authorization_endpoint: endpoint } = (await issuer.json()) as { authorization_endpoint: string };
  assert.equal(endpoint, `${publicUrl}/oidc/auth`);
});

test('with the database away pages say so with 503 and when to try again', async (t) => {
  const { databases } = sites[0]?.apps ?? assert.fail();
  const wire = await openWire(databases.booking.appUrl);
  t.after(() => wire.cut());
  const booking = await startBooking({ database: { ...databases.booking, appUrl: wire.url } });
  const visitor = createVisitor();
  await visitor.post(`${booking.url}/sign-in`, ANA);
  wire.cut();
  const known = await visitor.get(booking.url);
  const unknown = await createVisitor().get(booking.url);
  for (const page of [known, unknown]) {
    assert.equal(page.status, 503);
    assert.equal(page.headers.get('retry-after'), '5');
    assert.match(page.html, /Try again in a/);
  }
});

/** A connection to PostgreSQL that can be cut. */
async function openWire(databaseUrl: string): Promise<{ url: string; cut(): void }> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) sockets.add(socket.on('error', () => socket.destroy()));
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.port = String((server.address() as { port: number }).port);
  return {
    url: url.href,
    cut() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function statusOfPost(url: string, fields: Record<string, string>, headers: Record<string, string>) {
  const answer = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams(fields),
    headers: { accept: 'text/html', ...headers },
  });
  await answer.arrayBuffer();
  return answer.status;
}
