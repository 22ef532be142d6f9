import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEMO_OCCASIONS } from './demo-occasions.ts';
import { DEMO_FACILITATORS } from './demo-people.ts';
import { DEMO_SESSIONS } from './demo-sessions.ts';
import { planDemo } from './plan-demo.ts';

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
const OFFERS = [...DEMO_SESSIONS, ...DEMO_OCCASIONS];
const noKeys: ReadonlySet<string> = new Set();

test('whenever the studio opens, Maya’s yin with free places is less than a week away', () => {
  for (const timeZone of ['Europe/Lisbon', 'Asia/Makassar', 'America/Los_Angeles']) {
    for (let hour = 0; hour < 24 * 14; hour++) {
      const now = new Date(Date.UTC(2026, 9, 20) + hour * HOUR_MS);
      const coming = planDemo({ now, timeZone, existingKeys: noKeys })
        .filter(({ startsAt }) => startsAt > now)
        .sort((one, other) => one.startsAt.getTime() - other.startsAt.getTime());
      const yin = coming.find(({ offer }) => /yin/i.test(JSON.stringify(offer)));
      assert.ok(yin && yin.startsAt.getTime() < now.getTime() + WEEK_MS, now.toISOString());
      assert.equal(yin.offer.facilitator, 'maya@samaya.example');
      assert.ok(yin.offer.taken < yin.offer.max_participants);
    }
  }
});

test('nothing but Maya’s yin is found by the word, not even inside another', () => {
  const found = OFFERS.filter((offer) => /yin/i.test(JSON.stringify(offer)));
  assert.deepEqual(
    found.map(({ slug }) => slug),
    ['yin-by-lamplight'],
  );
  assert.ok(!/yin/i.test(JSON.stringify(DEMO_FACILITATORS)));
});

test('keeps the wall time over the change of the clocks', () => {
  const now = new Date('2026-10-19T12:00:00Z');
  const starts = planDemo({ now, timeZone: 'Europe/Lisbon', existingKeys: noKeys })
    .filter(({ offer, startsAt }) => offer.slug === 'sound-bath' && startsAt > now)
    .map(({ startsAt }) => startsAt.toISOString());
  assert.deepEqual(starts, [
    '2026-10-24T19:00:00.000Z',
    '2026-10-31T20:00:00.000Z',
    '2026-11-07T20:00:00.000Z',
    '2026-11-14T20:00:00.000Z',
  ]);
});

test('every offer can be held: known facilitator, places enough, slug of its own', () => {
  assert.equal(new Set(OFFERS.map(({ slug }) => slug)).size, OFFERS.length);
  for (const offer of OFFERS) {
    assert.ok(
      DEMO_FACILITATORS.some(({ email }) => email === offer.facilitator),
      offer.slug,
    );
    assert.ok(offer.taken <= offer.max_participants && offer.taken <= 50, offer.slug);
    assert.ok(offer.title.length <= 200 && offer.duration > 0 && offer.price >= 0, offer.slug);
  }
});
