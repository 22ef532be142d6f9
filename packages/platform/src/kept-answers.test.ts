import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKeptAnswers } from './kept-answers.ts';

/** A keeper of texts on a clock that a test can set; `ask` makes what is not kept. */
function openKeeper({ mostBytes = 1_000_000, mostRemadeASecond = 100 } = {}) {
  const state = { now: 0, text: 'one', made: 0, hold: Promise.resolve() };
  const answers = createKeptAnswers({ mostBytes, mostRemadeASecond, clock: () => state.now });
  async function ask(key: string): Promise<string | undefined> {
    const found = answers.find(key);
    if (found) return (await found)?.body;
    const { kept } = await answers.make(key, async () => {
      state.made++;
      const { text } = state;
      await state.hold;
      return { shared: { headers: {}, body: Buffer.from(text), template: '/' } };
    });
    return kept?.body;
  }
  return { state, answers, ask };
}

test('what is out of date is made anew at once, but not more often than there is time for', async () => {
  const { state, answers, ask } = openKeeper({ mostRemadeASecond: 3 });
  await ask('a');
  for (let change = 1; change <= 10; change++) {
    state.text = `change ${change}`;
    answers.forget();
    assert.equal(await ask('a'), change <= 3 ? `change ${change}` : 'change 3');
  }
  state.now = 299;
  assert.equal(await ask('a'), 'change 3');
  state.now = 300;
  assert.equal(await ask('a'), 'change 10', 'in a third of a second everything is seen, rush or no rush');
});

test('a crowd after a change makes one answer, and spends one of what there is', async () => {
  const { state, answers, ask } = openKeeper({ mostRemadeASecond: 2 });
  await ask('a');
  const gate = Promise.withResolvers<void>();
  state.hold = gate.promise;
  state.text = 'two';
  answers.forget();
  const crowd = Array.from({ length: 50 }, () => ask('a'));
  gate.resolve();
  assert.deepEqual(new Set(await Promise.all(crowd)), new Set(['two']));
  assert.equal(state.made, 2);
  state.text = 'three';
  answers.forget();
  assert.equal(await ask('a'), 'three');
});

test('an answer begun before a change is not given to who asks after it', async () => {
  const { state, answers, ask } = openKeeper();
  const gate = Promise.withResolvers<void>();
  state.hold = gate.promise;
  const early = ask('a');
  answers.forget();
  state.text = 'two';
  const late = ask('a');
  gate.resolve();
  assert.deepEqual([await early, await late, await ask('a')], ['one', 'two', 'two']);
});

test('one that never ends holds up nobody for long', async () => {
  const { state, ask } = openKeeper();
  state.hold = new Promise(() => undefined);
  void ask('a');
  state.hold = Promise.resolve();
  state.now = 2999;
  let answered = false;
  void ask('a').then(() => {
    answered = true;
  });
  await new Promise(setImmediate);
  assert.equal(answered, false);
  state.now = 3000;
  assert.equal(await ask('a'), 'one');
});

test('memory is bounded: the oldest go first, and what is large is not kept at all', async () => {
  const { state, ask } = openKeeper({ mostBytes: 100_000 });
  state.text = 'x'.repeat(10_000);
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) await ask(key);
  state.made = 0;
  await ask('g');
  await ask('b');
  assert.equal(state.made, 0);
  await ask('a');
  assert.equal(state.made, 1);
  state.text = 'x'.repeat(30_000);
  await ask('large');
  await ask('large');
  assert.equal(state.made, 3);
});

test('what cannot be shared is made for everybody by themselves', async () => {
  const { answers } = openKeeper();
  const { made, kept } = await answers.make('a', async () => ({ shared: undefined, status: 404 }));
  assert.deepEqual([made.status, kept, answers.find('a')], [404, undefined, undefined]);
  await assert.rejects(
    answers.make('a', () => Promise.reject(new Error('broken'))),
    /broken/,
  );
  await new Promise(setImmediate);
  assert.equal(answers.find('a'), undefined);
});
