import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLayout } from './check-layout.ts';
import { plantTree } from './test-tree.ts';

const lines = (count: number) => 'export {};\n'.repeat(count);

test('a tree that keeps the names and sizes is green', () => {
  const root = plantTree({
    'README.md': lines(900),
    '.gitignore': '',
    '.env.example': '',
    'package-lock.json': lines(900),
    '.ci/run': '',
    'docs/decisions/0001-words.md': '',
    'apps/booking/schema.sql': lines(900),
    'apps/booking/migrations/0001_users.sql': '',
    'apps/booking/src/hooks.server.ts': lines(300),
    'apps/booking/src/service-worker.ts': '',
    'apps/booking/src/app.d.ts': '',
    'apps/booking/src/ui/EventCard.svelte': '',
    'apps/booking/src/routes/(studio)/e/[id]-[words]/+page.server.ts': '',
    'apps/booking/src/routes/[[lang=word]]/[...rest]/+page@.svelte': '',
    'apps/booking/src/server/database-types.ts': lines(900),
    'apps/booking/src/server/bookings/booking.ts': '',
    'apps/booking/src/server/bookings/booking-queries.ts': '',
    'apps/booking/src/server/bookings/booking.test.ts': lines(900),
    'apps/booking/build/Chunk_1.js': lines(900),
    'node_modules/utils/Index.js': '',
  });
  assert.deepEqual(checkLayout(root), []);
});

const SEEDS: readonly [path: string, complaint: RegExp, text?: string][] = [
  ['scripts/long.ts', /301 lines; 300 at most/, lines(301)],
  ['apps/booking/src/routes/+page.svelte', /350 lines/, lines(350)],
  ['apps/booking/migrations/0001_long.sql', /400 lines/, lines(400)],
  ['scripts/doThing.ts', /not kebab-case/],
  ['scripts/do_thing.ts', /not kebab-case/],
  ['apps/booking/src/server/Bookings/booking.ts', /folder Bookings is not kebab-case/],
  ['apps/booking/src/ui/event_Card.svelte', /not kebab-case/],
  ['Notes.txt', /not kebab-case/],
  ['packages/platform/src/index.ts', /no barrels/],
  ['packages/platform/src/date-utils.ts', /"utils" says nothing/],
  ['packages/platform/src/helpers/date.ts', /"helpers" says nothing/],
  ['apps/crm/src/server/inbox/inbox-manager.ts', /"manager" says nothing/],
  ['apps/crm/src/server/inbox/mail-service.ts', /"service" says nothing/],
  ['apps/crm/src/server/inbox/parts/inbox.ts', /a feature folder is flat/],
  ['apps/crm/src/server/inbox/inbox.json', /holds TypeScript only/],
  ['apps/crm/src/server/inbox/inbox-routes.ts', /is called -queries, -schemas, -api or -pages/],
  ['apps/crm/src/server/inbox/inbox-schema.ts', /is called -queries, -schemas, -api or -pages/],
  ['apps/crm/src/server/inbox/queries.ts', /starts with the noun/],
];

for (const [path, complaint, text = ''] of SEEDS) {
  test(`complains of ${path}`, () => {
    const complaints = checkLayout(plantTree({ [path]: text }));
    assert.equal(complaints.length, 1, complaints.join('\n'));
    assert.ok(complaints[0]?.startsWith(`${path}: `));
    assert.match(complaints[0] ?? '', complaint);
  });
}
