import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '@samaya/platform/config.ts';
import { createTestApp, type TestApp } from '#server/test-app.ts';
import { listKeptMails, readKeptMail } from './local-mailbox.ts';
import { senderOf } from './mail-relay.ts';
import { openSmtpSink } from './test-smtp-sink.ts';

const ELSEWHERE = {
  BOOKING_URL: 'https://book.studio.example',
  CRM_URL: 'https://crm.studio.example',
  DEMO: '0',
  RATE_LIMITS: 'on',
};

async function open(settings: Record<string, string> = {}) {
  const studio = await createTestApp(settings);
  const { facilitatorId } = await studio.addFacilitator();
  const eventId = await studio.addEvent({ facilitator_id: facilitatorId, max_participants: 1000 });
  after(() => studio.app.mailRelay.stop());
  return {
    ...studio,
    /** Books `count` people in; answers their addresses. */
    async book(count: number) {
      const people = [];
      for (let person = 0; person < count; person++) people.push(await studio.addPerson());
      await studio.db
        .insertInto('bookings')
        .values(people.map(({ id }) => ({ user_id: id, event_id: eventId })))
        .execute();
      return people.map(({ email }) => email);
    },
  };
}

async function waitUntil(isSo: () => boolean | Promise<boolean>) {
  const deadline = performance.now() + 30_000;
  while (!(await isSo())) {
    assert.ok(performance.now() < deadline, 'it did not happen in time');
    await sleep(10);
  }
}

const waiting = async ({ db }: Pick<TestApp, 'db'>) =>
  (
    await db
      .selectFrom('outbox')
      .select('id')
      .where('destination', '=', 'mail')
      .where('delivered_at', 'is', null)
      .execute()
  ).length;

test('on a machine without a mail server mails lie in the local mailbox, newest first, each once', async () => {
  const studio = await open();
  const people = await studio.book(5);
  studio.app.mailRelay.start();
  await waitUntil(async () => (await waiting(studio)) === 0);
  // As if the note that it arrived had been lost.
  await studio.db
    .updateTable('outbox')
    .set({ delivered_at: null, next_attempt_at: new Date(0) })
    .execute();
  await waitUntil(async () => (await waiting(studio)) === 0);
  const first = await listKeptMails(studio.app, { after: undefined, limit: 3 });
  const rest = await listKeptMails(studio.app, { after: first.next ?? assert.fail(), limit: 3 });
  assert.equal(rest.next, null);
  const mails = [...first.items, ...rest.items];
  assert.deepEqual(mails.map((mail) => mail.recipient).sort(), people.sort());
  const times = mails.map((mail) => mail.sentAt.getTime());
  assert.deepEqual(
    times,
    times.toSorted((one, other) => other - one),
  );
  const mail = await readKeptMail(studio.app, mails[0]?.id ?? '');
  assert.match(mail.text, /Yin by candlelight/);
  assert.match(mail.calendar ?? '', /^BEGIN:VCALENDAR/);
  for (const id of ['nothing', '00000000-0000-4000-8000-000000000000']) {
    await assert.rejects(readKeptMail(studio.app, id), { code: 'not-found' });
  }
});

test('what the relay is woken for goes at once, and what it is not told of within the poll', async () => {
  const sink = await openSmtpSink();
  const studio = await open({ SMTP_URL: sink.url, MAIL_FROM: 'Samaya <hello@studio.example>' });
  studio.app.mailRelay.start();
  await studio.book(1);
  await waitUntil(() => sink.taken.length === 1);
  let fastest = Number.POSITIVE_INFINITY;
  // The fastest of some: the machine may stand still at any moment, and a poll begins anew after each.
  for (let tries = 2; tries < 20 && fastest >= 700; tries++) {
    await sleep(100);
    await studio.book(1);
    const begun = performance.now();
    studio.app.mailRelay.wake();
    await waitUntil(() => sink.taken.length === tries);
    fastest = Math.min(fastest, performance.now() - begun);
  }
  assert.ok(fastest < 700, `${fastest} ms`);
  await waitUntil(async () => (await waiting(studio)) === 0);
  const metrics = () => studio.app.metrics.registry.metrics();
  await waitUntil(async () => new RegExp(`^mail_delivered_total ${sink.taken.length}$`, 'm').test(await metrics()));
  assert.match(await metrics(), /^mail_server_up 1$/m);
});

test('stopping lets the mail on its way arrive, begins no other, and hands the rest back', async () => {
  const sink = await openSmtpSink();
  const studio = await open({ SMTP_URL: sink.url });
  await studio.book(5);
  let stopped = Promise.resolve();
  sink.behave = (stage) => {
    if (stage === 'data') stopped = studio.app.mailRelay.stop();
    return 'take';
  };
  studio.app.mailRelay.start();
  await waitUntil(() => sink.taken.length > 0);
  await stopped;
  const taken = sink.taken.length;
  assert.ok(taken < 5);
  assert.equal(await waiting(studio), 5 - taken);
  const { count } = await studio.db
    .selectFrom('outbox')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('destination', '=', 'mail')
    .where('delivered_at', 'is', null)
    .where('next_attempt_at', '<=', new Date(Date.now() + 1000))
    .executeTakeFirstOrThrow();
  assert.equal(Number(count), 5 - taken, 'they are due at once');
});

test('where the site can be reached from elsewhere, mails wait for a mail server, and the log says so', async () => {
  const studio = await open(ELSEWHERE);
  await studio.book(1);
  studio.app.mailRelay.start();
  studio.app.mailRelay.wake();
  await sleep(200);
  assert.equal(await waiting(studio), 1);
  await assert.rejects(listKeptMails(studio.app, { after: undefined, limit: 1 }), { code: 'not-found' });
  assert.match(studio.logLines.join(), /SMTP_URL is not set/);
});

test('mails come from whom the settings say, else from the studio at the host of the site', () => {
  const config = { bookingUrl: 'https://book.studio.example', cookieKeys: [] };
  const studio = { name: 'Stilte' };
  const from = (mailFrom: string | undefined, bookingUrl = config.bookingUrl) =>
    senderOf({ ...config, bookingUrl, mailFrom }, studio);
  assert.deepEqual(from(undefined), { name: 'Stilte', address: 'no-reply@book.studio.example' });
  assert.deepEqual(from(undefined, 'http://127.0.0.1:3000'), { name: 'Stilte', address: 'no-reply@localhost' });
  assert.deepEqual(from('Samaya <a@b.example>'), { name: 'Samaya', address: 'a@b.example' });
  assert.deepEqual(from('"Sa, maya" <a@b.example>'), { name: 'Sa, maya', address: 'a@b.example' });
  assert.deepEqual(from('a@b.example'), { name: '', address: 'a@b.example' });
});

test('a sender that is no address is a wrong setting', () => {
  for (const MAIL_FROM of ['Samaya', 'a@b@c', 'Samaya <a b@c.example>', 'a@b.example\r\nBcc: c@d.example', '<>']) {
    assert.throws(() => readConfig({ MAIL_FROM }), /MAIL_FROM is an address such as/);
  }
  assert.equal(readConfig({ MAIL_FROM: 'Samaya <hello@example.org>' }).mailFrom, 'Samaya <hello@example.org>');
});
