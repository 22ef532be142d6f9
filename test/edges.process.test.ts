import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { countTries } from '@samaya/platform/test-tries.ts';
import { rowsOf } from './both-databases.ts';
import { HOSTILE_WORDS } from './hostile-words.ts';
import { type AppName, startWholeSite } from './whole-site.ts';

const APPS = ['booking', 'crm'] as const;
const EVIL = 'evil.example';

const site = await startWholeSite();

interface Answer {
  status: number;
  location: string;
  text: string;
}

/** Asks with headers that a browser would not let a page set. */
async function ask(
  app: AppName,
  path: string,
  headers: Record<string, string> = {},
  { method = 'GET', body = '' } = {},
): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const { port } = site[app];
    const asked = request({ host: '127.0.0.1', port, path, method, headers: { accept: 'text/html', ...headers } });
    asked.on('error', reject).on('response', (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      const { statusCode: status = 0, headers: given } = response;
      response.on('end', () => resolve({ status, location: String(given.location ?? ''), text }));
    });
    asked.end(body);
  });
}

const CLAIMS: Record<string, string>[] = [
  { host: EVIL },
  { host: `${EVIL}:${site.booking.port}` },
  { host: `localhost:${site.booking.port}@${EVIL}` },
  { host: `${EVIL}#localhost` },
  { 'x-forwarded-host': EVIL },
  { 'x-forwarded-host': EVIL, 'x-forwarded-proto': 'https', 'x-forwarded-port': '444' },
  { forwarded: `host=${EVIL};proto=https` },
  { 'x-host': EVIL, 'x-forwarded-server': EVIL, 'x-original-host': EVIL },
  { 'x-original-url': `//${EVIL}/`, 'x-rewrite-url': `//${EVIL}/` },
  { 'x-forwarded-prefix': `//${EVIL}` },
];

test('EDGE-12: addresses come from the settings, whatever a request claims about the host', async (t) => {
  const paths = {
    booking: [
      '/',
      `/e/${site.eventId}`,
      `/e/${site.eventId}-yin-by-candlelight`,
      '/facilitators/1',
      '/bookings',
      '/sitemap.xml',
      '/robots.txt',
      '/events.ics',
      '/manifest.webmanifest',
      '/openapi.json',
      '/api/v1/events',
      '/sign-in/',
      '/oidc/.well-known/openid-configuration',
      '/oidc/auth?client_id=crm',
    ],
    crm: ['/', '/sign-in', '/signed-out', '/openapi.json'],
  };
  countTries(t, 'EDGE-12', { short: 180, full: 180 });
  for (const app of APPS) {
    for (const path of paths[app]) {
      for (const claim of CLAIMS) {
        const { status, location, text } = await ask(app, path, claim);
        assert.ok(status < 500, `${status} ${path} ${JSON.stringify(claim)}`);
        assert.doesNotMatch(location + text, /evil\.example/, `${app} ${path} ${JSON.stringify(claim)}`);
      }
    }
  }
  for (const claim of CLAIMS) {
    const form = { origin: site.booking.url, 'content-type': 'application/x-www-form-urlencoded', ...claim };
    await ask('booking', '/reset', form, { method: 'POST', body: 'email=maya%40studio.example' });
  }
  const mails = "select text, html from local_mailbox where recipient = 'maya@studio.example'";
  for (let tries = 0; (await rowsOf(site.databases.booking.ownerUrl, mails)).length === 0; tries++) {
    assert.ok(tries < 600, 'no mail came');
    await sleep(50);
  }
  for (const { text, html } of await rowsOf(site.databases.booking.ownerUrl, mails)) {
    assert.ok(String(text).includes(`${site.booking.url}/reset/`));
    assert.doesNotMatch(`${text}${html}`, /evil\.example/);
  }
});

test('EDGE-10: whatever is sent, the log has one line of JSON for each thing, and nothing that a terminal obeys', async (t) => {
  const hostile = [
    '\r\n{"level":"info","msg":"forged"}',
    '\n2026-01-01 forged',
    '\u001b[2J\u001b[31mforged',
    '\u001b]0;forged\u0007',
    '","msg":"forged","x":"',
    '\u2028forged',
    '\u0000forged',
    '\u009bforged',
    '\\"}\\n{"forged":1}',
    ...HOSTILE_WORDS.slice(0, 30),
  ];
  countTries(t, 'EDGE-10', { short: hostile.length * 2, full: hostile.length * 2 });
  for (const app of APPS) {
    const begun = site[app].log().lastIndexOf('\n') + 1;
    for (const words of hostile) {
      const encoded = encodeURIComponent(words);
      // What a header may hold at all.
      const raw = Buffer.from(words.replaceAll(/[\r\n\0]/g, '\t'))
        .toString('latin1')
        .replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?');
      await ask(app, `/${encoded}?q=${encoded}`, {
        'user-agent': raw,
        'x-request-id': raw,
        'x-forwarded-for': raw,
        referer: raw,
        cookie: `samaya_booking=${encoded}; samaya_crm=${encoded}`,
      });
      await ask(app, `/api/v1/${encoded}`, { authorization: `Bearer ${encoded}`, 'user-agent': raw });
      const json = { 'content-type': 'application/json' };
      const body = JSON.stringify({ email: words, password: words, [words]: words });
      await ask(app, '/api/v1/sessions', json, { method: 'POST', body });
      await ask(
        app,
        `/sign-in?return_to=${encoded}`,
        { origin: site[app].url },
        { method: 'POST', body: `email=${encoded}` },
      );
    }
    const linesSince = () => site[app].log().slice(begun).split('\n').slice(0, -1);
    for (let tries = 0; linesSince().length < hostile.length * 4; tries++) {
      assert.ok(tries < 600, `${linesSince().length} lines`);
      await sleep(50);
    }
    // A line too many would come right after.
    await sleep(200);
    const lines = linesSince().filter((line) => line !== '');
    for (const line of lines) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the very thing that must not be there.
      assert.doesNotMatch(line, /[\x00-\x1f\x7f-\x9f]/);
      const { msg, level, app: whose } = JSON.parse(line) as Record<string, unknown>;
      assert.notEqual(msg, 'forged');
      assert.ok(level && whose === app, line);
    }
  }
});

test('EDGE-09: nobody gets a file that is not theirs, by another number, another name or a way around', async (t) => {
  const { ana, maya, sofia } = site.cookies;
  const { ownerUrl } = site.databases.booking;
  const [other] = await rowsOf(
    ownerUrl,
    `with noah as (insert into facilitators (name, email) values ('Noah', 'noah@studio.example') returning id)
     insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id)
     select 'His own', '', 'session', now() + interval '2 days', 60, 3, 1, id from noah returning id`,
  );
  const [booking] = await rowsOf(ownerUrl, 'select min(id) as id from bookings');
  const guest = site.routes.find(({ id }) => id === '/b/[token]/calendar.ics')?.path ?? assert.fail();
  // What is theirs, they get.
  assert.equal((await ask('booking', `/organise/events/${site.eventId}/roster.csv`, { cookie: maya })).status, 200);
  assert.equal((await ask('booking', `/bookings/${booking?.id}/calendar.ics`, { cookie: ana })).status, 200);
  assert.equal((await ask('booking', guest)).status, 200);
  const refused: [string, string][] = [
    [`/organise/events/${other?.id}/roster.csv`, maya],
    [`/organise/events/${site.eventId}/roster.csv`, ana],
    [`/bookings/${booking?.id}/calendar.ics`, maya],
    [`/bookings/${booking?.id}/calendar.ics`, sofia],
    ['/bookings/999999/calendar.ics', ana],
    [guest.replace(/\/b\/(\d+)\./, '/b/1.'), ''],
    [guest.replace(/.(?=\/calendar)/, (last) => (last === 'A' ? 'B' : 'A')), ''],
    ...[
      'everything',
      'users',
      'sign_ins',
      'secrets.csv',
      '..',
      '%2e%2e',
      '..%2f..%2fpackage.json',
      '1',
      'samaya-1.json',
    ].map((file): [string, string] => [`/account/export/${file}`, ana]),
  ];
  const WAYS = ['..', '%2e%2e', '..%2f', '%2e%2e%2f', '..%5c', '%252e%252e%252f', '....//', '..;/', '.%00./'];
  const AROUND = WAYS.flatMap((way) =>
    ['/', '/_app/', '/_app/immutable/', '/docs/', '/e/'].map((from) => from + `${way}/`.repeat(6)),
  ).flatMap((way) => [`${way}package.json`, `${way}etc/passwd`, `${way}data/secrets.json`]);
  countTries(t, 'EDGE-09', { short: refused.length + AROUND.length * 2, full: refused.length + AROUND.length * 2 });
  for (const [path, cookie] of refused) {
    const { status, text } = await ask('booking', path, { cookie });
    // Where the way is not even a page of the account, it is the page for what is not there.
    // Two dots lead to the folder above, as in any address.
    assert.ok([308, 403, 404, 410].includes(status), `${path}: ${status}`);
    assert.doesNotMatch(text, /BEGIN:VCALENDAR|^\uFEFF/, path);
  }
  for (const app of APPS) {
    for (const path of AROUND) {
      const { status, text } = await ask(app, path);
      assert.ok([308, 400, 404].includes(status), `${path}: ${status}`);
      assert.doesNotMatch(text, /"workspaces"|root:x:|cookieKeys/, path);
    }
  }
});
