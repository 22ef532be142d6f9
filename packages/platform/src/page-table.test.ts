import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requireWholePageTable } from './page-table.ts';

const FILES = [
  './routes/+page.svelte',
  './routes/events/+page.svelte',
  './routes/events/+page.server.ts',
  './routes/(inbox)/n/[id]/+page.svelte',
  './routes/events.ics/+server.ts',
];
const TABLE = { '/': 'anyone', '/events': 'anyone', '/(inbox)/n/[id]': 'facilitator', '/events.ics': 'anyone' };

test('a table with every page passes', () => {
  requireWholePageTable(TABLE, FILES);
});

test('AUTHZ-07: a page, a form or an endpoint that is not in the table stops the start, by name', () => {
  for (const file of ['+page.svelte', '+page.server.ts', '+server.ts']) {
    assert.throws(() => requireWholePageTable(TABLE, [...FILES, `./routes/planted/${file}`]), {
      message: '/planted: not declared who may see it',
    });
  }
  assert.throws(() => requireWholePageTable(TABLE, [...FILES, './routes/toString/+page.svelte']), /\/toString/);
});

test('a page that is declared and gone stops the start as well', () => {
  assert.throws(() => requireWholePageTable(TABLE, FILES.slice(1)), {
    message: '/: declared who may see it, but there is no such page',
  });
});
