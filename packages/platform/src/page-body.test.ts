import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refuseLargeBody } from './page-body.ts';

const send = (headers: Record<string, string>, most = 64 * 1024) => refuseLargeBody({ headers }, most);

test('what a page reads is bounded before it is read', () => {
  send({});
  send({ 'content-length': '65536' });
  assert.throws(() => send({ 'content-length': '65537' }), { code: 'payload-too-large', message: /64 KB is the most/ });
  assert.throws(() => send({ 'content-length': '3145729' }, 3 * 1024 * 1024), { message: /3 MB is the most/ });
});

test('what does not say its length is not read at all', () => {
  assert.throws(() => send({ 'transfer-encoding': 'chunked' }), { code: 'bad-request' });
  assert.throws(() => send({ 'transfer-encoding': 'chunked', 'content-length': '5' }), { code: 'bad-request' });
});
