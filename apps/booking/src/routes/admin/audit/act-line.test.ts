import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListedAct } from '#server/audit/audit.ts';
import { actLineOf } from './act-line.ts';

const act = (changes: Partial<ListedAct>): ListedAct => ({
  ...{ id: 1, at: new Date('2026-12-01T18:00:00Z'), kind: 'assistant.added', details: {} },
  ...{ actor: { id: 2, name: 'Maya Lind' }, person: null, facilitator: { id: 3, name: 'Noah' }, event: null },
  ...{ network: null, requestId: null },
  ...changes,
});

const said = (changes: Partial<ListedAct>) =>
  actLineOf(act(changes), 'Europe/Lisbon')
    .pieces.map(({ text }) => text)
    .join(' ');

test('an assistant is named, unless nobody has confirmed the address', () => {
  const person = { id: 4, name: 'Ana Costa' };
  assert.equal(said({ person }), 'Maya Lind made Ana Costa an assistant of Noah');
  assert.equal(said({}), 'Maya Lind named an assistant of Noah');
  assert.equal(said({ kind: 'assistant.removed', person }), 'Maya Lind removed Ana Costa as an assistant of Noah');
  assert.equal(said({ kind: 'assistant.removed' }), 'Maya Lind removed an assistant of Noah');
});

test('what is gone has a number, a command at the server no name, and a kind that is not known its own word', () => {
  assert.equal(
    said({ actor: null, kind: 'person.removed', person: { id: 4, name: null }, facilitator: null }),
    'A command at the server deleted the account of a deleted person (4)',
  );
  assert.equal(said({ kind: 'thing.done', facilitator: null }), 'Maya Lind thing.done');
});
