import assert from 'node:assert/strict';
import { test } from 'node:test';
import type pg from 'pg';
import { createLog } from './log.ts';
import { warnOfOldEngines } from './patch-levels.ts';

async function linesFor(node: string, postgres: number): Promise<string[]> {
  const lines: string[] = [];
  const log = createLog('test', { write: (line: string) => void lines.push(JSON.parse(line).msg) });
  const pool = { query: async () => ({ rows: [{ number: postgres }] }) } as unknown as pg.Pool;
  await warnOfOldEngines({ pool, log }, node);
  return lines;
}

test('SUP-10: whoever starts on a Node or a PostgreSQL with known holes finds a line each in the log', async () => {
  for (const [node, postgres] of [
    ['26.0.0', 180_004],
    ['26.10.0', 150_018],
    ['27.0.0', 190_000],
    ['30.1.2', 170_011],
  ] as const) {
    assert.deepEqual(await linesFor(node, postgres), [], `${node} ${postgres}`);
  }
  assert.deepEqual(await linesFor('24.99.9', 180_003), [
    'Node 24.99.9 is older than 26.0.0 and has known holes; upgrade it',
    'PostgreSQL 18.3 is older than 18.4 and has known holes; upgrade it',
  ]);
  assert.deepEqual(await linesFor('26.1.0', 140_099), [
    'PostgreSQL 14.99 is older than 15.18 and has known holes; upgrade it',
  ]);
  assert.equal((await linesFor('26.1.0', 160_013)).length, 1);
});
