import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { batchNaturally } from './natural-batching.ts';
import { PlatformError } from './platform-error.ts';
import { countTries, seedOf } from './test-tries.ts';

/** A batcher whose batches run until let go, and what it was given. */
function openBatcher(options: {
  mostTogether?: number;
  mostWaiting?: number;
  fails?: (items: readonly number[]) => boolean;
}) {
  const batches: (readonly number[])[] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const ask = batchNaturally<number, string>({
    async run(items) {
      batches.push(items);
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      await gate.promise;
      if (options.fails?.(items)) throw new Error(`cannot do ${items}`);
      return items.map((item) => `did ${item}`);
    },
    mostTogether: options.mostTogether ?? 10,
    mostWaiting: options.mostWaiting ?? 100,
  });
  return {
    ask,
    batches,
    /** Lets batches go until `work` is done. */
    async finish<Result>(work: Promise<Result>): Promise<Result> {
      let done = false;
      const settled = work.finally(() => {
        done = true;
      });
      settled.catch(() => undefined);
      while (!done) {
        gates.shift()?.resolve();
        await new Promise(setImmediate);
      }
      return await settled;
    },
  };
}

test('the first goes at once and alone, what comes meanwhile goes together, in order', async () => {
  const { ask, batches, finish } = openBatcher({ mostTogether: 3 });
  const answers = await finish(Promise.all([1, 2, 3, 4, 5].map(ask)));
  assert.deepEqual(batches, [[1], [2, 3, 4], [5]]);
  assert.deepEqual(answers, ['did 1', 'did 2', 'did 3', 'did 4', 'did 5']);
});

test('a batch that fails is tried one by one, so a bad request fails alone', async () => {
  const { ask, batches, finish } = openBatcher({ fails: (items) => items.includes(3) });
  const answers = await finish(Promise.allSettled([1, 2, 3, 4].map(ask)));
  assert.deepEqual(
    answers.map((answer) => answer.status),
    ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
  );
  assert.deepEqual(batches, [[1], [2, 3, 4], [2], [3], [4]]);
});

test('LOAD-01: beyond what may wait, requests are refused with the advice to come again', async () => {
  const { ask, finish } = openBatcher({ mostWaiting: 2 });
  const answers = await finish(Promise.allSettled([1, 2, 3, 4].map(ask)));
  const [, , , last] = answers;
  assert.ok(last?.status === 'rejected' && last.reason instanceof PlatformError);
  assert.equal(last.reason.code, 'unavailable');
  assert.equal(last.reason.retryAfterSeconds, 1);
  assert.equal(answers.filter((answer) => answer.status === 'fulfilled').length, 3);
  assert.equal(await finish(ask(5)), 'did 5');
});

test('CAP-20: however arrivals and ends of batches interleave, each gets its own answer, once, one batch at a time', async (t) => {
  const arrivals = fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 40 });
  const property = fc.asyncProperty(fc.scheduler(), arrivals, async (scheduler, items) => {
    let running = 0;
    let served = 0;
    const ask = batchNaturally<number, string>({
      async run(batch) {
        running++;
        assert.equal(running, 1);
        await scheduler.schedule(Promise.resolve());
        running--;
        if (batch.length > 1 && batch.some((item) => item % 10 === 7)) throw new Error('the batch broke');
        if (batch.some((item) => item % 10 === 7)) throw new Error(`no ${batch}`);
        served += batch.length;
        return batch.map((item) => `did ${item}`);
      },
      mostTogether: 8,
      mostWaiting: 1000,
    });
    const asked = items.map((item, n) =>
      scheduler
        .schedule(Promise.resolve(), `arrival ${n}`)
        .then(() => ask(item))
        .catch((error: Error) => error.message),
    );
    await scheduler.waitFor(Promise.all(asked));
    assert.deepEqual(
      await Promise.all(asked),
      items.map((item) => (item % 10 === 7 ? `no ${item}` : `did ${item}`)),
    );
    assert.equal(served, items.filter((item) => item % 10 !== 7).length);
  });
  await fc.assert(property, { seed: seedOf(t), numRuns: countTries(t, 'CAP-20', { short: 300, full: 1000 }) });
});
