import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markUp } from './destination-queries.ts';
import { claimDue } from './outbox-queries.ts';
import { openRelayBench, type RelayBench, refuseAll, takeAll } from './test-receiver.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;

async function states(bench: RelayBench) {
  return (await bench.outbox()).map((row) => row.state);
}

const SILENCES: Record<string, Parameters<typeof refuseAll> | 'cut' | 'garbage' | 'huge' | 'endless'> = {
  'a cut connection': 'cut',
  'an answer that is no JSON': 'garbage',
  'NOTIF-18: an answer of 100 KiB': 'huge',
  'NOTIF-18: an answer without end': 'endless',
  'NOTIF-19: a redirect, which is not followed,': [301, { location: 'http://127.0.0.1:9/' }],
  'NOTIF-19: a redirect of the moment': [302, { location: 'http://127.0.0.1:9/' }],
  'NOTIF-19: a redirect to see something else': [303, { location: 'http://127.0.0.1:9/' }],
  'NOTIF-19: a redirect that would keep the body': [307, { location: 'http://127.0.0.1:9/' }],
  'NOTIF-19: a lasting redirect that would keep the body': [308, { location: 'http://127.0.0.1:9/' }],
  'a wrong key': [401],
  'a wrong address': [404],
  'too many requests': [429],
  'a bad gateway': [502],
  'an overload': [503],
};
for (const [name, how] of Object.entries(SILENCES)) {
  test(`${name} means that the destination is down: messages wait, and all are due at once when it is back`, async () => {
    const bench = await openRelayBench();
    await bench.book(250);
    bench.receiver.behave = (post, response, count) => {
      if (how === 'cut') return void response.destroy();
      if (how === 'garbage') return void response.writeHead(200).end('<html>Welcome!</html>');
      if (how === 'huge') return void response.writeHead(200).end('x'.repeat(100 * 1024));
      if (how === 'endless') {
        const drip = setInterval(() => response.write('y'.repeat(8192)), 1);
        return void response.on('close', () => clearInterval(drip));
      }
      return refuseAll(...how)(post, response, count);
    };
    await bench.look();
    await bench.look();
    assert.equal(bench.receiver.received.length, 1, 'nothing is sent before the first probe');
    assert.equal((await bench.outbox()).filter((row) => row.refusals > 0).length, 0);

    bench.pass(5 * SECOND);
    await bench.look();
    assert.equal(bench.receiver.received.at(-1)?.ids.length, 1, 'a probe carries one message');
    bench.receiver.behave = takeAll;
    bench.pass(10 * SECOND);
    for (let looks = 0; looks < 4; looks++) await bench.look();
    assert.deepEqual(new Set(await states(bench)), new Set(['delivered']));
    assert.equal((await bench.destination()).down_since, null);
  });
}

test('what asked in vain and was taken again since is not due when the destination comes back meanwhile', async () => {
  const bench = await openRelayBench();
  await bench.book(1);
  bench.receiver.behave = refuseAll(503);
  await bench.look();
  bench.pass(5 * SECOND);
  await bench.look();
  bench.pass(30 * SECOND);
  const { db } = bench.studio;
  const now = bench.options.now?.();
  const claim = () => claimDue(db, { destination: 'crm', limit: 9, leaseSeconds: 30, isProbe: true, now });
  assert.equal((await claim()).length, 1);
  await markUp(db, 'crm', now);
  assert.equal((await claim()).length, 0);
});

test('probes come every 5 s, rising to 60 s, and never together', async () => {
  const bench = await openRelayBench();
  bench.options.random = () => 0;
  await bench.book(20);
  bench.receiver.behave = refuseAll(503);
  await bench.look();
  const pauses: number[] = [];
  for (let probe = 0; probe < 7; probe++) {
    const posts = bench.receiver.received.length;
    let waited = 0;
    while (bench.receiver.received.length === posts) {
      bench.pass(SECOND);
      waited++;
      // Three relays ask at once; the right to probe is one's.
      await Promise.all([bench.look(), bench.look(), bench.look()]);
    }
    assert.equal(bench.receiver.received.length, posts + 1);
    pauses.push(waited);
  }
  assert.deepEqual(pauses, [5, 10, 20, 40, 60, 60, 60]);
});

for (const [header, seconds] of [
  ['120', 120],
  ['1000000000000', 24 * 3600],
  ['-1', 5],
  ['soon', 5],
  ['DATE', 90],
] as const) {
  test(`NOTIF-20: Retry-After: ${header} keeps the relay away for ${seconds} s`, async () => {
    const bench = await openRelayBench();
    bench.options.random = () => 0;
    await bench.book(1);
    const now = bench.options.now?.() ?? new Date();
    // HTTP dates have no milliseconds.
    bench.pass(1000 - now.getMilliseconds());
    const value = header === 'DATE' ? new Date((bench.options.now?.().getTime() ?? 0) + 90_000).toUTCString() : header;
    bench.receiver.behave = refuseAll(429, { 'retry-after': value });
    await bench.look();
    const { probe_at } = await bench.destination();
    assert.equal(probe_at?.getTime(), (bench.options.now?.().getTime() ?? 0) + seconds * SECOND);
  });
}

test('a destination that breaks over everything is down, and no message is blamed', async () => {
  const bench = await openRelayBench();
  await bench.book(200);
  bench.receiver.behave = refuseAll(500);
  await bench.look();
  assert.notEqual((await bench.destination()).down_since, null);
  assert.ok(bench.receiver.received.length <= 11, `${bench.receiver.received.length} POSTs`);
  assert.deepEqual(new Set((await bench.outbox()).map((row) => row.refusals)), new Set([0]));
});

test('NOTIF-20: 410 stops deliveries', async () => {
  const bench = await openRelayBench();
  await bench.book(2);
  bench.receiver.behave = refuseAll(410);
  await bench.look();
  bench.receiver.behave = takeAll;
  bench.pass(48 * HOUR);
  await bench.look();
  assert.equal(bench.receiver.received.length, 1);
  assert.notEqual((await bench.destination()).stopped_at, null);
  assert.match(bench.logLines.join(), /CRM answered 410/);
});

test('a destination that answered after it had come back is not marked down by an older failure', async () => {
  const bench = await openRelayBench();
  await bench.book(2);
  await bench.studio.asOwner(`update outbox_destinations set up_since = now() + interval '1 hour'`);
  bench.receiver.behave = refuseAll(503);
  await bench.look();
  assert.equal((await bench.destination()).down_since, null);
  assert.deepEqual(await states(bench), ['waiting', 'waiting']);
});
