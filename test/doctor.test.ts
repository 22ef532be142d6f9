import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { checkApplication, checkKeys } from '../scripts/doctor-applications.ts';
import { flyCanary } from '../scripts/doctor-canary.ts';
import { checkDatabase, connectBoth } from '../scripts/doctor-databases.ts';
import { type Finding, lineOf } from '../scripts/doctor-finding.ts';
import { checkAgreement, checkInvariants, checkMessages } from '../scripts/doctor-invariants.ts';
import { checkDisk, checkNode, checkPostgresVersion } from '../scripts/doctor-machine.ts';
import { checkMail } from '../scripts/doctor-mail.ts';
import { checkOutbox, checkReconciliation } from '../scripts/doctor-relay.ts';
import { startBothApps } from './both-apps.ts';
import { rowsOf } from './both-databases.ts';

const both = await startBothApps();
const { booking, crm } = both;
const open = connectBoth({
  booking: { appUrl: booking.appUrl, ownerUrl: booking.ownerUrl },
  crm: { appUrl: crm.database.appUrl, ownerUrl: crm.database.ownerUrl },
});
after(() => open.close());

/** For what comes, however busy the machine is. */
const PATIENT_MS = 30_000;

const asOwner = (statement: string) => rowsOf(booking.ownerUrl, statement);
const asCrmOwner = (statement: string) => rowsOf(crm.database.ownerUrl, statement);
const event = async () => {
  const { facilitatorId } = await booking.addFacilitator();
  return await booking.addEvent({ facilitator_id: facilitatorId, max_participants: 100 });
};

/** Holds findings against what their lines should say; a fault among them starts with `wrong`. */
async function expectLines(found: Promise<Finding | Finding[]> | Finding, ...patterns: RegExp[]) {
  const lines = [await found].flat().map(lineOf);
  assert.equal(lines.length, patterns.length, lines.join(''));
  for (const [index, pattern] of patterns.entries()) assert.match(lines[index] ?? '', pattern);
}

test('SUP-10: the versions of Node and PostgreSQL have a floor', async () => {
  await expectLines(checkNode('26.0.0'), /^ok +Node 26\.0\.0\n/);
  await expectLines(checkNode('27.1.0'), /^ok/);
  await expectLines(checkNode('25.9.9'), /^wrong +Node 25\.9\.9 is older than 26\.0\.0: use the one/);
  for (const fine of [150_018, 180_004, 190_000]) await expectLines(checkPostgresVersion('CRM', fine), /^ok/);
  await expectLines(checkPostgresVersion('CRM', 180_003), /^wrong +PostgreSQL 18\.3 under CRM is older than 18\.4: /);
  await expectLines(checkPostgresVersion('CRM', 140_099), /^wrong +PostgreSQL 14\.99 .* older than 15\.18: /);
});

test('the disk has room', async () => {
  const measure = (blocks: number) => (async () => ({ bavail: blocks, bsize: 4096 })) as never;
  await expectLines(checkDisk('/nowhere', measure(1_000_000)), /^ok +3906 MB are free for \/nowhere/);
  await expectLines(checkDisk('/nowhere', measure(100_000)), /^wrong +only 390 MB are free for \/nowhere: make room/);
});

test('the databases are there, are migrated and take writes', async () => {
  const patterns = [/^ok +the database of booking answers/, /^ok +PostgreSQL \d+\.\d+ under booking/] as const;
  await expectLines(checkDatabase(open, 'booking'), ...patterns);

  const nowhere = { appUrl: 'postgres://nobody@127.0.0.1:9/none', ownerUrl: '' };
  const away = connectBoth({ booking: nowhere, crm: nowhere });
  await expectLines(checkDatabase(away, 'crm'), /^wrong +CRM: the database does not answer: check CRM_DATABASE_URL/);
  await away.close();

  await asOwner('revoke insert on bookings from test_app');
  await expectLines(
    checkDatabase(open, 'booking'),
    /^wrong +booking: its role may not write to bookings: start booking/,
  );
  await asOwner('grant insert on bookings to test_app');

  const other = await createTestDatabase('crm');
  await rowsOf(other.ownerUrl, 'delete from migrations where number = (select max(number) from migrations)');
  const behind = connectBoth({ booking: other, crm: other });
  await expectLines(checkDatabase(behind, 'crm'), /^wrong +CRM: the database is not migrated: start the newest/);
  await behind.close();
  const readOnly = { appUrl: `${crm.database.appUrl}?options=-c%20default_transaction_read_only%3Don`, ownerUrl: '' };
  const standby = connectBoth({ booking: readOnly, crm: readOnly });
  await expectLines(
    checkDatabase(standby, 'crm'),
    /^wrong +CRM: the database is read-only: .* let it lead to the primary/,
  );
  await standby.close();
});

test('the invariants of booking hold', async () => {
  await both.book(await event(), 2);
  await expectLines(checkInvariants(open), /^ok +the invariants of booking hold\n/);
  await asOwner('alter table events disable trigger user');
  await asOwner('update events set seats_taken = seats_taken + 1');
  await expectLines(checkInvariants(open), /^wrong +not so in 1 row: seats taken are the seats of .*"counted":"?2/);
  await asOwner('update events set seats_taken = seats_taken - 1');
  await asOwner('alter table events enable trigger user');
  await expectLines(checkInvariants(open), /^ok/);
  await both.tell();
});

test('CRM knows each booking as booking does, and each message once', async () => {
  const [lost = 0, ahead = 0] = await both.book(await event(), 3);
  await both.tell();
  await expectLines(checkAgreement(open), /^ok +CRM agrees with booking about \d+ bookings\n/);
  await expectLines(checkMessages(open), /^ok/);

  await both.hold();
  await both.book(await event(), 1);
  await asCrmOwner(`insert into booking_notifications
    (booking_id, user_name, user_email, event_title, event_date, facilitator_id) values (5000, 'a', 'b', 'c', now(), 7)`);
  await expectLines(
    checkAgreement(open),
    /^ok .* bookings, 1 of them on their way; 1 other in CRM came from elsewhere\n/,
  );
  await both.tell();

  await asCrmOwner(`delete from booking_notifications where booking_id = ${lost}`);
  await asCrmOwner(`update booking_notifications set version = 9 where booking_id = ${ahead}`);
  await expectLines(
    checkAgreement(open),
    /^wrong +CRM lacks the newest state of 1 booking: npm run reconcile/,
    /^wrong +CRM knows a newer version of 1 booking than booking has: /,
  );

  await asCrmOwner('alter table booking_notifications drop constraint booking_notifications_message_unique');
  await expectLines(checkMessages(open), /^wrong +nothing keeps CRM from having a message twice/);
  await asCrmOwner(`insert into booking_notifications
    (booking_id, user_name, user_email, event_title, event_date, facilitator_id, message_id)
    select 5000, 'a', 'b', 'c', now(), 7, message_id from booking_notifications where booking_id = 5000`);
  await expectLines(checkMessages(open), /^wrong +CRM has 1 message more than once/);
  await asCrmOwner('delete from booking_notifications where booking_id = 5000');
  await asCrmOwner(`update booking_notifications set version = 1 where booking_id = ${ahead}`);
  await asCrmOwner(
    'alter table booking_notifications add constraint booking_notifications_message_unique unique (message_id)',
  );
});

test('notifications and mails are on their way, none late, none given up, and their destination is up', async () => {
  await expectLines(checkOutbox(open, 'crm'), /^ok +notifications go to CRM; 0 on their way\n/);
  await both.hold();
  await asOwner("update outbox_destinations set down_reason = 'answered 401' where destination = 'crm'");
  const [late = 0, dead = 0] = await both.book(await event(), 2);
  await asOwner(`update outbox set dead_at = now() where destination = 'crm' and booking_id = ${dead}`);
  await expectLines(
    checkOutbox(open, 'crm'),
    /^wrong +CRM takes no notifications since 20\S+ \(answered 401\); 1 wait: is CRM running/,
    /^wrong +1 notification to CRM was given up: npm run notifications:replay/,
  );
  await booking.app.relay.stop();
  await asOwner(`update outbox_destinations set down_since = null where destination = 'crm'`);
  await asOwner(`update outbox set next_attempt_at = now() - interval '90 seconds' where booking_id = ${late}`);
  await expectLines(
    checkOutbox(open, 'crm'),
    /^wrong +a notification to CRM has been due for (9\d|1\d\d) s: start booking/,
    /^wrong +1 notification to CRM/,
  );
  await asOwner(`update outbox set dead_at = now() where destination = 'mail'`);
  await expectLines(checkOutbox(open, 'mail'), /^wrong +\d+ mails to the mail server were given up: /);
});

test('CRM compares itself with booking at night, and lacked nothing', async () => {
  const now = new Date();
  await asCrmOwner('delete from reconciliations');
  await expectLines(checkReconciliation(open, now), /^ok +CRM has not compared itself with booking yet/);
  const note = (healed: number) => `insert into reconciliations
    (started_at, compared, healed, waiting, unhealed, extra, ahead) values (now(), 9, ${healed}, 0, 0, 0, 0)`;
  await asCrmOwner(note(0));
  await expectLines(checkReconciliation(open, now), /^ok .* lacked nothing\n/);
  await asCrmOwner(note(3));
  await expectLines(checkReconciliation(open, now), /^wrong +CRM lacked 3 notifications when .*: something lost them/);
  const later = new Date(now.getTime() + 3 * 86_400_000);
  await expectLines(checkReconciliation(open, later), /^wrong +CRM last compared itself .*: is CRM running\?/);
});

/** A server on a port of its own; ends with the test file. */
async function listenOn(server: ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => server.close());
  return (server.address() as { port: number }).port;
}

test('the applications answer where the other looks for them, ready', async () => {
  const answering = async (status: number, body: object) => {
    const server = createHttpServer((_request, response) => response.writeHead(status).end(JSON.stringify(body)));
    return `http://127.0.0.1:${await listenOn(server)}`;
  };
  await expectLines(checkApplication('CRM', await answering(200, { status: 'ready' })), /^ok +CRM is ready at http/);
  const unready = await answering(503, { status: 'not ready', reasons: ['the relay is stuck'] });
  await expectLines(checkApplication('booking', unready), /^wrong +booking .* is not ready \(the relay is stuck\)/);
  await expectLines(
    checkApplication('CRM', await answering(404, {})),
    /^wrong +something else answers .*check CRM_URL/,
  );
  await expectLines(
    checkApplication('CRM', 'http://127.0.0.1:9'),
    /^wrong +CRM does not answer .*(ECONNREFUSED|bad port).*: npm start, or check CRM_URL/,
  );
});

test('the running applications have the keys of these settings', async () => {
  const { config } = booking.app;
  const sound = { ...config, bookingUrl: crm.app.config.bookingUrl, crmUrl: config.crmUrl };
  await expectLines(checkKeys(sound), /^ok +booking and CRM take what the other signs\n/);
  const other = [`whsec_${Buffer.alloc(32, 'z').toString('base64')}`];
  await expectLines(
    checkKeys({ ...sound, notificationSecrets: other }),
    /^wrong +booking does not take what CRM signs \(booking answered 401\): give .* NOTIFICATION_SECRETS/,
  );
  crm.app.config.notificationSecrets = other;
  await expectLines(checkKeys(sound), /^wrong +CRM does not take what booking signs \(it answered 401\): /);
  crm.app.config.notificationSecrets = config.notificationSecrets;
});

test('the mail server answers as one, when there is one', async () => {
  const speaking = async (speak: (socket: Socket) => void) => `smtp://127.0.0.1:${await listenOn(createServer(speak))}`;
  const sound = await speaking((socket) => {
    socket.write('220-welcome\r\n');
    socket.write('220 mail.example\r\n');
    socket.on('data', (said) =>
      socket.write(String(said).startsWith('EHLO') ? '250-mail\r\n250 HELP\r\n' : '221 bye\r\n'),
    );
  });
  await expectLines(checkMail({ smtpUrl: undefined, isLocal: true }), /^ok +no SMTP_URL is set/);
  await expectLines(
    checkMail({ smtpUrl: undefined, isLocal: false }),
    /^wrong +no mail server is set, .*: set SMTP_URL/,
  );
  await expectLines(
    checkMail({ smtpUrl: sound, isLocal: false }, PATIENT_MS),
    /^ok +the mail server at 127\.0\.0\.1:\d+ answers\n/,
  );
  const silent = await speaking(() => undefined);
  const cases: [url: string, reason: RegExp][] = [
    ['smtp://127.0.0.1:9', /ECONNREFUSED/],
    [await speaking((socket) => socket.write('554 go away\r\n')), /it said \\?"554 go away/],
    [await speaking((socket) => socket.end()), /it hung up/],
    [silent, /no word within 0\.2 s/],
  ];
  for (const [url, reason] of cases) {
    const found = await checkMail({ smtpUrl: url, isLocal: false }, url === silent ? 200 : PATIENT_MS);
    await expectLines(found, /^wrong +the mail server at .* does not answer as one .*: check SMTP_URL\n/);
    assert.match(found.text, reason);
  }
});

const CANARIES = {
  facilitators: "select id from facilitators where email like '%canary.invalid'",
  users: "select id from users where email like '%canary.invalid'",
  events: "select id from events where title like 'Canary%'",
  outbox: 'select id from outbox where event_id is not null and event_id not in (select id from events)',
};

async function remains() {
  const left = await Promise.all(Object.values(CANARIES).map(asOwner));
  const told = await asCrmOwner("select id from booking_notifications where user_email like '%canary.invalid'");
  return [...left, told].flat().length;
}

test('a canary travels to CRM and back out, leaving nothing, seen by nobody', async () => {
  const apart = await startBothApps();
  const birds = connectBoth({
    booking: { appUrl: apart.booking.appUrl, ownerUrl: '' },
    crm: { appUrl: apart.crm.database.appUrl, ownerUrl: '' },
  });
  after(() => birds.close());
  const before = await Promise.all([contentsOf(apart.booking.ownerUrl), contentsOf(apart.crm.database.ownerUrl)]);
  const seen = new Set<string>();
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      for (const path of ['/api/v1/events?q=canary', '/api/v1/facilitators']) {
        seen.add(JSON.stringify((await apart.booking.call('GET', path)).body.items));
      }
    }
  })();
  await expectLines(
    flyCanary(birds, PATIENT_MS),
    /^ok +a canary was booked and seen in CRM after \d+\.\d s, cancelled and seen after/,
  );
  isOver = true;
  await watching;
  assert.deepEqual([...seen], ['[]']);
  const after_ = await Promise.all([contentsOf(apart.booking.ownerUrl), contentsOf(apart.crm.database.ownerUrl)]);
  assert.deepEqual(after_, before);
});

test('a canary that does not arrive is found out and cleared away; so is what a killed run left', async () => {
  // The relay was stopped by now.
  const begin = performance.now();
  await expectLines(
    flyCanary(open, 300),
    /^wrong +a canary booking was made, and CRM does not know after 0\.3 s: look/,
  );
  assert.ok(performance.now() - begin < 3000);
  assert.equal(await remains(), 0);

  await asOwner(
    "insert into facilitators (name, email, created_at) values ('Canary', 'old@canary.invalid', '2020-01-01')",
  );
  await asOwner("insert into users (name, email, password) values ('Canary', 'old@canary.invalid', '!')");
  await asOwner(`insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id)
    select 'Canary', '', 'session', now() + interval '1 day', 1, 1, 0, id from facilitators where email = 'old@canary.invalid'`);
  await asOwner(`insert into bookings (user_id, event_id)
    select u.id, e.id from users u, events e where u.email = 'old@canary.invalid' and e.title = 'Canary'`);
  await asCrmOwner(`insert into booking_notifications
    (booking_id, user_name, user_email, event_title, event_date, facilitator_id, received_at)
    values (7000, 'Canary', 'old@canary.invalid', 'Canary', now(), 7000, '2020-01-01')`);
  assert.ok((await remains()) >= 4);
  await flyCanary(open, 50);
  assert.equal(await remains(), 0);
});

/** How many rows each table has. */
async function contentsOf(databaseUrl: string): Promise<Record<string, unknown>> {
  const tables = await rowsOf(databaseUrl, "select tablename as name from pg_tables where schemaname = 'public'");
  const counts = tables.map(async ({ name }) => [name, (await rowsOf(databaseUrl, `select count(*) from ${name}`))[0]]);
  return Object.fromEntries(await Promise.all(counts));
}
