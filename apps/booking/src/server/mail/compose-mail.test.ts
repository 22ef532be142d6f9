import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import PostalMime from 'postal-mime';
import type { Mail, MailKind } from './mail.ts';
import { opensLink } from './mailed-link.ts';
import { openPost } from './test-mail-bench.ts';
import { ADDRESSEE, compose, GUEST, MAIL_ID, mailOf, SETTING, visitOf } from './test-mail-facts.ts';
import { openSmtpSink } from './test-smtp-sink.ts';

const { keys, bookingUrl } = SETTING;
const CANCELLED = { visit: visitOf({ status: 'cancelled' }) };
const NEW_ADDRESS = { elsewhere: { email: 'ana@new.example', isTaken: false } };
const EVENT_CANCELLED = { visit: visitOf({ status: 'event_cancelled' }) };

/** Each kind, with facts under which it is sent. */
const ALL: Record<MailKind, Parameters<typeof compose>[1]> = {
  'booking.confirmed': {},
  'booking.cancelled': CANCELLED,
  'event.changed': {},
  'event.cancelled': EVENT_CANCELLED,
  'account.prove': {},
  'account.reset': {},
  'account.known': {},
  'account.google-connected': {},
  'account.google-disconnected': {},
  'account.two-step-on': {},
  'account.two-step-off': {},
  'account.recovery-used': {},
  'account.recovery-renewed': {},
  'account.passkey-added': {},
  'account.passkey-removed': {},
  'account.new-address': NEW_ADDRESS,
  'account.address-asked': {},
  'account.address-changed': { elsewhere: { email: 'ana@old.example', isTaken: false } },
  'account.password-changed': {},
  'guest.again': {},
};
const KINDS = Object.keys(ALL) as MailKind[];

/** Every address that a version leads to. */
const linksIn = (text: string) => [...new Set(text.match(/https:\/\/[^\s<"]+/g))];

for (const kind of KINDS) {
  test(`${kind} says the same in both of its versions, and leads nowhere but to the site`, () => {
    const mail = mailOf(kind, ALL[kind]);
    assert.deepEqual(linksIn(mail.html), linksIn(mail.text));
    for (const link of linksIn(mail.text)) assert.ok(link.startsWith(`${bookingUrl}/`), link);
    const words = mail.html
      .replace(/<style>.*<\/style>/s, ' ')
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' ');
    const said = mail.text.replace(/^--$/m, '').replace(/https:\S+/g, '');
    for (const word of said.split(/[\s:,]+/)) assert.ok(words.includes(word), word);
    assert.match(mail.html, /^<!doctype html>\n<html lang="en">/);
    assert.doesNotMatch(mail.html, /<(table|img|script|link|iframe)\b|url\(|@import/);
    assert.ok(mail.text.split('\n').every((line) => line.length <= 76 || line.startsWith('https://')));
  });
}

test('a confirmation says what, when on whose clock, where, with whom, how many, what to pay, and the terms', () => {
  const { subject, text, html } = mailOf('booking.confirmed');
  assert.equal(subject, 'You have a place: Yin by candlelight, Wednesday 2 December');
  for (const words of [
    'When: Wed 2 Dec 2026, 03:30–04:45, Makassar time',
    'Where: Sala do Rio, Rua da Bica 12',
    'With: Inês Duarte',
    'Booked: 2 places',
    'To pay: €37, at the studio',
    'Cancel a day before.\nBring socks.\n\nBe kind.',
    `${bookingUrl}/bookings/7`,
  ]) {
    assert.ok(text.includes(words), words);
  }
  assert.ok(html.includes('Cancel a day before.<br>Bring socks.</p>'));
  assert.ok(mailOf('booking.confirmed', { visit: visitOf({ event: { price: 0 } }) }).text.includes('it is free'));
  assert.ok(
    mailOf('booking.confirmed', { visit: visitOf({ event: { place: null, online: true } }) }).text.includes(
      'Where: Online',
    ),
  );
});

test('a guest gets the link that opens the booking; who can sign in gets its page', () => {
  for (const kind of ['booking.confirmed', 'event.changed', 'guest.again'] as const) {
    const token = /\/b\/(\S+)/.exec(mailOf(kind, { addressee: GUEST }).text)?.[1] ?? '';
    const link = { purpose: 'guest' as const, bookingId: 7, userId: GUEST.id, email: GUEST.email };
    assert.ok(opensLink(keys, token, link), kind);
    for (const addressee of [ADDRESSEE, { ...GUEST, isProven: true }]) {
      const { text } = mailOf(kind, { addressee });
      assert.ok(text.includes(`${bookingUrl}/bookings/7`) && !text.includes('/b/'), kind);
    }
  }
});

test('a guest’s calendar file leads to the event, since calendars are shared', () => {
  const { calendar } = mailOf('booking.confirmed', { addressee: GUEST });
  const unfolded = calendar?.replaceAll('\r\n ', '') ?? '';
  assert.ok(unfolded.includes(`${bookingUrl}/e/3-yin-by-candlelight`));
  assert.ok(!unfolded.includes('/b/'));
});

test('calendar files go with what changes a calendar, and take out what was cancelled', () => {
  assert.match(mailOf('booking.confirmed').calendar ?? '', /STATUS:CONFIRMED/);
  assert.match(mailOf('event.changed').calendar ?? '', /STATUS:CONFIRMED/);
  assert.match(mailOf('booking.cancelled', CANCELLED).calendar ?? '', /STATUS:CANCELLED/);
  assert.match(mailOf('event.cancelled', EVENT_CANCELLED).calendar ?? '', /STATUS:CANCELLED/);
  for (const kind of ['account.prove', 'account.reset', 'account.known'] as const)
    assert.equal(mailOf(kind).calendar, null);
});

test('an event that moved says where it was, one that changed otherwise does not', () => {
  const { text } = mailOf('event.changed', {
    visit: visitOf({ event: { moved_from: new Date('2026-11-30T10:00:00Z') } }),
  });
  assert.ok(text.includes('It was: Mon 30 Nov 2026, 18:00–19:15, Makassar time'));
  assert.ok(!mailOf('event.changed').text.includes('It was'));
});

test('a cancelled event has nothing to pay; a cancelled booking can be made again while the event takes bookings', () => {
  assert.match(mailOf('event.cancelled', EVENT_CANCELLED).text, /nothing\s+to pay/);
  assert.ok(mailOf('booking.cancelled', CANCELLED).text.includes(`${bookingUrl}/e/3-yin-by-candlelight`));
  const begun = { now: new Date('2026-12-01T19:45:00Z') };
  assert.deepEqual(linksIn(mailOf('booking.cancelled', CANCELLED, begun).text), []);
});

test('links of the account open what they are for', () => {
  const { id: userId, email, passwordHash: password } = ADDRESSEE;
  const askedAt = new Date('2026-11-20T10:00:00Z');
  const tokenIn = (kind: MailKind) => /(?:confirm|reset)\/(\S+)/.exec(mailOf(kind).text)?.[1] ?? '';
  assert.ok(opensLink(keys, tokenIn('account.prove'), { purpose: 'prove', userId, email, askedAt }));
  assert.ok(opensLink(keys, tokenIn('account.reset'), { purpose: 'reset', userId, email, askedAt, password }));
  assert.deepEqual(linksIn(mailOf('account.known').text), [`${bookingUrl}/sign-in`, `${bookingUrl}/reset`]);
});

/** What tells of a change in how somebody signs in. */
const NOTICES = [
  'account.password-changed',
  'account.google-connected',
  'account.google-disconnected',
  'account.two-step-on',
  'account.two-step-off',
  'account.recovery-used',
  'account.recovery-renewed',
  'account.passkey-added',
  'account.passkey-removed',
] as const;

for (const kind of NOTICES) {
  test(`${kind} says at once in its subject what happened, when it was, and what to do if it was not you`, () => {
    const { to, subject, text } = mailOf(kind);
    assert.equal(to, ADDRESSEE.email);
    assert.match(subject, /password|Google|[Tt]wo-step|recovery|passkey/);
    assert.ok(text.includes('When: Fri 20 Nov 2026, 10:15, Lisbon time'), text);
    assert.match(text, /not you/);
    assert.ok(linksIn(text).includes(`${bookingUrl}/reset`));
  });
}

test('what opens the account beside its password is to be taken off, too, since a new password leaves it', () => {
  assert.match(mailOf('account.google-connected').text, /disconnect\s+Google/);
  assert.match(mailOf('account.passkey-added').text, /remove\s+the\s+passkey/);
});

test('a new address is asked at its own mailbox alone, which alone learns that it is taken', () => {
  const { id: userId, email, passwordHash: password } = ADDRESSEE;
  const askedAt = new Date('2026-11-20T10:00:00Z');
  const free = mailOf('account.new-address', NEW_ADDRESS);
  assert.equal(free.to, 'ana@new.example');
  const token = /address\/(\S+)/.exec(free.text)?.[1] ?? '';
  assert.ok(opensLink(keys, token, { purpose: 'address', userId, email, newEmail: free.to, askedAt, password }));
  const taken = mailOf('account.new-address', { elsewhere: { email: 'ana@new.example', isTaken: true } });
  assert.equal(taken.to, 'ana@new.example');
  assert.deepEqual(linksIn(taken.text), [`${bookingUrl}/sign-in`]);
  for (const { text } of [free, taken]) assert.ok(!text.includes(email), 'a mistyped address learns nothing');
  for (const kind of ['account.address-asked', 'account.address-changed'] as const) {
    const notice = mailOf(kind, ALL[kind]);
    assert.equal(notice.to, kind === 'account.address-asked' ? email : 'ana@old.example');
    assert.ok(!notice.text.includes('ana@new.example'));
  }
});

test('what nobody needs any more is not written', () => {
  const over = { now: new Date('2026-12-01T20:45:00Z') };
  const late = { now: new Date('2026-11-20T11:00:00Z') };
  const settled = { ...ADDRESSEE, newEmail: null, newEmailAskedAt: null };
  const given = 'the change was made or given up';
  const unneeded: [MailKind, Parameters<typeof compose>[1], Parameters<typeof compose>[2], string][] = [
    ['booking.confirmed', { addressee: undefined }, {}, 'the person is gone'],
    ['booking.confirmed', { addressee: { ...ADDRESSEE, isErased: true } }, {}, 'the person is gone'],
    ['booking.confirmed', { visit: undefined }, {}, 'the booking is gone'],
    ['booking.cancelled', { visit: undefined }, {}, 'the booking is gone'],
    ['booking.confirmed', CANCELLED, {}, 'the booking is cancelled by now'],
    ['guest.again', EVENT_CANCELLED, {}, 'the booking is event_cancelled by now'],
    ['booking.cancelled', {}, {}, 'the booking is confirmed by now'],
    ['event.changed', { isOutdated: true }, {}, 'a later mail says how it is now'],
    ['event.changed', {}, over, 'the event is over'],
    ['account.prove', { addressee: { ...ADDRESSEE, isProven: true } }, {}, 'the address is confirmed'],
    ['account.prove', {}, { now: new Date('2026-11-27T10:00:00Z') }, 'its link has ended'],
    ['account.reset', {}, late, 'its link has ended'],
    ['account.reset', { addressee: { ...ADDRESSEE, resetAskedAt: null } }, {}, 'the password was chosen'],
    ['account.new-address', NEW_ADDRESS, late, 'its link has ended'],
    ['account.new-address', { elsewhere: { email: 'b@new.example', isTaken: true } }, {}, given],
    ['account.new-address', { ...NEW_ADDRESS, addressee: settled }, {}, given],
    ['account.address-asked', { addressee: settled }, {}, given],
  ];
  for (const [kind, facts, setting, why] of unneeded) {
    assert.deepEqual(compose(kind, facts, setting), { kind: 'unneeded', reason: `not needed: ${why}` });
  }
});

test('EDGE-06: a kind that there is not, and an address that is none, cannot be sent', () => {
  assert.equal(compose('toString' as MailKind).kind, 'unsayable');
  for (const email of [
    '',
    'ana',
    'ana@',
    '@b.example',
    '"a"@b.example',
    '"a@evil.example "@b.example',
    '"a\\\r\nBcc: c@d.example"@b.example',
    'a@b.example>\r\nRCPT TO:<c@d.example',
    'a@b.example\u0085Bcc: c@d.example',
    'a@[127.0.0.1]',
    'a@b.example, c@d.example;',
    'group:a@b.example;',
    'a@b.example,c@d.example',
    'a@b.example\r\nBcc: c@d.example',
    'a@b c.example',
    '<a@b.example>',
    'a@b.example\u0000',
    'a@b\u2028.example',
    'a@b@c.example',
    'Ana <a@b.example>',
  ]) {
    assert.equal(
      compose('account.known', { addressee: { ...ADDRESSEE, email } }).kind,
      'unsayable',
      JSON.stringify(email),
    );
  }
});

const NASTY = [
  'Yin\r\nBcc: eve@evil.example',
  'Yin\nSubject: other',
  'Yin\u0000\u0007\u2028\u2029\u0085\u202Egnp.exe',
  '"quoted" \\ <b>bold</b> & \'single\'',
  '</title><script>alert(1)</script>',
  '=?utf-8?q?Bcc=3A_eve=40evil.example?=',
  `{{7*7}} $\{7*7} <%= 7*7 %>`,
  'הלילה השקט 🌙‍👩🏽‍🦰',
  `Eve <eve@evil.example>, "x" <y@evil.example>`,
  '\ud800 half a character',
  'a'.repeat(2000),
  '.\r\n.\r\nQUIT\r\n',
];
const text = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }));

test('EDGE-06, EDGE-07: whatever people call things: markup stays words, and a line stays a line', () => {
  fc.assert(
    fc.property(fc.constantFrom(...KINDS), text, text, text, text, (kind, title, facilitator, place, studio) => {
      const visit = visitOf({
        status: ALL[kind]?.visit?.status ?? 'confirmed',
        event: { title, place, facilitator: { id: 1, name: facilitator } },
      });
      const mail = mailOf(kind, { ...ALL[kind], visit }, { studio: { ...SETTING.studio, name: studio, terms: place } });
      const plain = mailOf(kind, ALL[kind], { studio: { ...SETTING.studio, terms: null } });
      assert.doesNotMatch(mail.subject, /[\p{Cc}\u2028\u2029\u202A-\u202E]/u);
      assert.ok(mail.subject.isWellFormed() && mail.text.isWellFormed() && mail.html.isWellFormed());
      assert.doesNotMatch(mail.text, /(?!\n)[\p{Cc}\u2028\u2029\u202A-\u202E]/u);
      const tags = (html: string) => new Set(html.match(/<[^>]*>/g)?.map((tag) => /^<\/?!?[a-z0-9]*/.exec(tag)?.[0]));
      const known = tags(mailOf('booking.confirmed').html);
      for (const tag of tags(mail.html)) assert.ok(known.has(tag), `${tag}`);
      assert.equal(mail.html.match(/<a /g)?.length, plain.html.match(/<a /g)?.length);
    }),
    { numRuns: 500 },
  );
});

const HEADERS = ['auto-submitted', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to'];

test('EDGE-06: whatever people call things: a mail server sees one recipient, and no header of theirs', async () => {
  const sink = await openSmtpSink();
  const post = openPost(sink);
  const cut = new AbortController().signal;
  await fc.assert(
    fc.asyncProperty(text, text, text, async (title, studio, place) => {
      const visit = visitOf({ event: { title, place } });
      const from = { name: studio, address: 'hello@example.org' };
      const mail = mailOf(
        'booking.confirmed',
        { visit },
        { studio: { ...SETTING.studio, name: studio, terms: title }, from },
      );
      assert.deepEqual(await post.send(mail, cut), { kind: 'taken' });
      const sunk = sink.taken.at(-1) ?? assert.fail();
      assert.deepEqual([sunk.from, sunk.to, sunk.id], ['hello@example.org', [ADDRESSEE.email], MAIL_ID]);
      await assertReads(sunk.raw, mail);
    }),
    { numRuns: 60 },
  );
});

async function assertReads(raw: string, mail: Mail) {
  const read = await PostalMime.parse(raw);
  assert.deepEqual(read.headers.map((header) => header.key).sort(), HEADERS);
  assert.deepEqual(read.to, [{ name: '', address: mail.to }]);
  assert.equal(read.from?.address, mail.from.address);
  assert.equal(read.messageId, `<${mail.id}@book.studio.example>`);
  assert.equal(read.subject?.replace(/\s+/g, ' '), mail.subject.replace(/\s+/g, ' '));
  assert.equal(read.text?.trimEnd(), mail.text.trimEnd());
  assert.equal(read.html?.trimEnd(), mail.html.trimEnd());
  const [attachment] = read.attachments;
  assert.equal(read.attachments.length, 1);
  assert.equal(attachment?.filename, 'event.ics');
  assert.equal(attachment?.mimeType, 'text/calendar');
  assert.match(raw, /Content-Type: text\/calendar;[^:]*method=PUBLISH/);
}
