import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBearerMemory } from './bearer-memory.ts';

const ANA = {
  userId: 1,
  name: 'Ana',
  email: 'ana@studio.example',
  isProven: true,
  isAdmin: false,
  facilitatorId: null,
  assists: [],
  signInId: 7,
  scopes: null,
};

/** A memory that has just been told who Ana is, on a clock and with an answer to who signed out that a test can set. */
async function rememberAna() {
  const state = { now: 0, ended: [] as number[], asked: 0, hold: Promise.resolve() };
  const memory = createBearerMemory({
    async findEnded() {
      state.asked++;
      const { ended } = state;
      await state.hold;
      return ended;
    },
    clock: () => state.now,
  });
  memory.begin()('ana', ANA);
  assert.equal(memory.recall('ana'), undefined, 'nobody is known before it was asked who signed out');
  await settled();
  return { state, memory, recall: () => memory.recall('ana') };
}

const settled = () => new Promise(setImmediate);

test('who was found is known while it is known who signed out', async () => {
  const { state, recall } = await rememberAna();
  assert.equal(recall(), ANA);
  state.now = 899;
  assert.equal(recall(), ANA);
  assert.equal(state.asked, 2, 'and it is asked anew meanwhile');
  await settled();
  state.now = 899 + 299;
  assert.equal(recall(), ANA);
  assert.equal(state.asked, 2);
});

test('SESS-06: whoever signed out elsewhere is unknown in less than a second', async () => {
  const { state, recall } = await rememberAna();
  state.ended = [7];
  state.now = 300;
  assert.equal(recall(), ANA);
  await settled();
  assert.equal(recall(), undefined);
});

test('nobody is known while the database does not answer', async () => {
  const { state, recall } = await rememberAna();
  state.hold = Promise.reject(new Error('away'));
  state.hold.catch(() => undefined);
  state.now = 300;
  recall();
  await settled();
  state.now = 900;
  assert.equal(recall(), undefined);
});

test('a doubt lasts until it was asked again, and an answer on its way does not end it', async () => {
  const { state, memory, recall } = await rememberAna();
  const gate = Promise.withResolvers<void>();
  state.hold = gate.promise;
  state.now = 300;
  recall();
  memory.doubt();
  state.ended = [7];
  gate.resolve();
  await settled();
  assert.equal(recall(), undefined, 'that answer was begun before the doubt');
  await settled();
  assert.equal(recall(), undefined);
  state.ended = [];
  memory.doubt();
  recall();
  await settled();
  assert.equal(recall(), ANA);
});

test('a look that began before a doubt is not noted', async () => {
  const { memory } = await rememberAna();
  const note = memory.begin();
  memory.doubt();
  note('bo', { ...ANA, signInId: 8 });
  memory.recall('bo');
  await settled();
  assert.equal(memory.recall('bo'), undefined);
});

test('nobody is remembered for more than a minute', async () => {
  const { state, recall } = await rememberAna();
  for (state.now = 0; state.now < 60_000; state.now += 300) {
    recall();
    await settled();
  }
  assert.equal(recall(), undefined);
});
