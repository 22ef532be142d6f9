import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { freePort } from '@samaya/platform/test-port.ts';
import { countTries, isFullRun, seedOf } from '@samaya/platform/test-tries.ts';
import { startBooking, startCrm } from './processes.ts';
import { replayHistory } from './replay-history.ts';
import { impliedSeats, isLate, makeHistory, roomyEvents } from './rsvp-history.ts';

const SIZE = isFullRun ? { events: 400, people: 1000 } : { events: 30, people: 120 };

test('a history has what real ones have, and is the same from the same seed', () => {
  const history = makeHistory(7, { events: 60, people: 200 });
  assert.deepEqual(makeHistory(7, { events: 60, people: 200 }), history);
  assert.notDeepEqual(makeHistory(8, { events: 60, people: 200 }), history);
  const { acts, events } = history;
  const pairs = acts.filter((act, n) => act.at - Number(acts[n - 1]?.at) < 1000);
  const found = {
    guests: acts.some(({ seats }) => seats > 1),
    changes: acts.some(({ does }) => does === 'cancel'),
    late: acts.some((act) => isLate(history, act)),
    atOnce: pairs.length > acts.length / 100,
    inOrder: acts.every((act, n) => act.at >= Number(acts[n - 1]?.at ?? 0)),
    soughtAfter: events.length - roomyEvents(history).size >= 10,
    people: new Set(acts.map(({ person }) => person)).size > 100,
    end: impliedSeats(history).size > acts.length / 3,
  };
  assert.deepEqual(
    Object.entries(found).filter(([, is]) => !is),
    [],
  );
});

test('a year of answers at two processes ends as it should: everybody has what they wanted last, where there was room', async (t) => {
  const seed = seedOf(t);
  const databases = { booking: await createTestDatabase('booking'), crm: await createTestDatabase('crm') };
  const crmPort = await freePort();
  const atBooking = { database: databases.booking, otherUrl: `http://localhost:${crmPort}` };
  const doors = [await startBooking(atBooking), await startBooking(atBooking)].map(({ url }) => url);
  await startCrm({ database: databases.crm, port: crmPort, otherUrl: String(doors[0]) });

  const history = makeHistory(seed, SIZE);
  countTries(t, 'RSVP', { short: history.acts.length, full: history.acts.length });
  const { outcomes, seconds, ...end } = await replayHistory(
    history,
    { doors, databases: { booking: databases.booking.ownerUrl, crm: databases.crm.ownerUrl } },
    { longestGapMs: isFullRun ? 20 : 5 },
  );
  t.diagnostic(`${history.acts.length} acts in ${seconds.toFixed(1)} s: ${JSON.stringify(outcomes)}`);
  assert.deepEqual(end, {
    verdict: { lost: [], phantom: [], duplicate: [], over: [] },
    differences: [],
    waiting: 0,
    astray: [],
  });
  const late = history.acts.filter((act) => isLate(history, act));
  assert.equal(outcomes['book event-started'] ?? 0, late.length);
  assert.ok(Number(outcomes['book event-full'] ?? 0) > 0);
});
