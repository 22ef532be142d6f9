import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from './log.ts';

function logged(entry: object): Record<string, Record<string, unknown>> {
  const lines: string[] = [];
  createLog('test', { write: (line) => void lines.push(line) }).warn(entry, 'said');
  return JSON.parse(lines[0] ?? '');
}

test('an error is logged with its message and stack, without the connection it came from', () => {
  const error = Object.assign(new Error('lost'), { code: '57P01', client: { secretKey: 1, user: 'app' } });
  const { err } = logged({ err: error });
  assert.deepEqual([err?.message, err?.code, err?.client], ['lost', '57P01', undefined]);
  assert.match(String(err?.stack), /log\.test\.ts/);
});

test('secrets are never written, wherever they stand', () => {
  const text = JSON.stringify(logged({ password: 'pw-1', body: { token: 'pw-2', inner: { cookie: 'pw-3' } } }));
  assert.doesNotMatch(text, /pw-\d/);
});
