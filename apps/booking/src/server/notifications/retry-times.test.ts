import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REFUSAL_STEPS, retryAfterMs, untilNextProbe, untilNextTry } from './retry-times.ts';

const NOW = new Date('2026-12-07T18:00:00Z');

/** The largest gap between a sample's distribution and the uniform one on [0, 1]; the Kolmogorov–Smirnov statistic. */
function distanceFromUniform(sample: readonly number[]): number {
  const sorted = sample.toSorted((a, b) => a - b);
  const count = sorted.length;
  return Math.max(...sorted.map((value, index) => Math.max((index + 1) / count - value, value - index / count)));
}

// What 1,000 truly uniform values stay below in 99 of 100 samples.
const KS_1000 = 1.63 / Math.sqrt(1000);

/** A generator that gives the same numbers every time, so that the test cannot fail by chance. */
function repeatableRandom() {
  let state = 7;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

test('NOTIF-04: a thousand messages refused at one instant come back spread evenly over the whole step', () => {
  const random = repeatableRandom();
  for (const [index, step] of REFUSAL_STEPS.entries()) {
    const spread = Array.from({ length: 1000 }, () => untilNextTry(index + 1, random) / step);
    assert.ok(distanceFromUniform(spread) < KS_1000, `step ${index + 1}`);
  }
});

test('negative control: jitter over half the step is told from full jitter', () => {
  const random = repeatableRandom();
  const spread = Array.from({ length: 1000 }, () => 0.5 + random() / 2);
  assert.ok(distanceFromUniform(spread) > KS_1000);
});

test('after the ninth refusal a message is tried once a day', () => {
  assert.equal(
    untilNextTry(9, () => 1),
    24 * 3_600_000,
  );
  assert.equal(
    untilNextTry(40, () => 1),
    24 * 3_600_000,
  );
});

test('probes double from 5 s to 60 s, less up to half', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 500].map((probes) => untilNextProbe(probes, () => 0)),
    [5000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000],
  );
  assert.equal(
    untilNextProbe(0, () => 1),
    2500,
  );
});

test('Retry-After is read as seconds or as a date, a day at most, and junk is not read', () => {
  const read = (header: string | null) => retryAfterMs(header, NOW);
  assert.equal(read('0'), 0);
  assert.equal(read('7'), 7000);
  assert.equal(read('86401'), 86_400_000);
  assert.equal(read('9'.repeat(400)), 86_400_000);
  assert.equal(read('Mon, 07 Dec 2026 18:01:00 GMT'), 60_000);
  assert.equal(read('Mon, 07 Dec 2099 18:01:00 GMT'), 86_400_000);
  for (const junk of [
    null,
    '',
    '-1',
    '1.5',
    '1e12',
    'soon',
    'Mon, 07 Dec 2026 17:00:00 GMT',
    '2026-12-08',
    'Mon, 99 Dec 2026 18:01:00 GMT',
  ]) {
    assert.equal(read(junk), undefined, String(junk));
  }
});
