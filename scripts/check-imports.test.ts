import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { checkImports } from './check-tools.ts';
import { linkInstalled, plant, plantTree } from './test-tree.ts';

const ROOT = resolve(import.meta.dirname, '..');

const manifest = (name: string) =>
  JSON.stringify({
    name: `@samaya/${name}`,
    type: 'module',
    imports: { '#server/*': './src/server/*' },
    exports: { './*.ts': './src/*.ts' },
    dependencies: { kysely: '0.0.0', pg: '0.0.0', svelte: '0.0.0' },
  });

const exporting = (name: string) => `export const ${name} = 1;\n`;

/** Two small applications that keep every rule, and use what the rules allow. */
function plantGoodTree(): string {
  const root = plantTree({
    'package.json': JSON.stringify({ name: 'samaya', type: 'module', workspaces: ['packages/*', 'apps/*'] }),
    'apps/booking/package.json': manifest('booking'),
    'apps/crm/package.json': manifest('crm'),
    'packages/platform/package.json': manifest('platform'),
    'packages/booking-notification/package.json': manifest('booking-notification'),
    'packages/booking-notification/src/message.ts': exporting('message'),
    'packages/platform/src/database.ts': "import pg from 'pg';\nexport const connect = () => new pg.Pool();\n",
    'packages/platform/src/test-database.ts': exporting('createTestDatabase'),
    'apps/crm/src/server/intake/take-in.ts':
      "import { message } from '@samaya/booking-notification/message.ts';\nexport const takeIn = () => message;\n",
    'apps/booking/src/main.ts':
      "import pg from 'pg';\nimport { connect } from '@samaya/platform/database.ts';\nimport { routes } from '#server/api.ts';\nconnect();\nexport const entry = [routes, pg];\n",
    'apps/booking/src/server/api.ts':
      "import { bookingApi } from './bookings/booking-api.ts';\nexport const routes = [bookingApi];\n",
    'apps/booking/src/server/bookings/booking-api.ts':
      "import { listBookings } from './booking-queries.ts';\nexport const bookingApi = listBookings;\n",
    'apps/booking/src/server/bookings/booking-queries.ts':
      "import { sql } from 'kysely';\nexport const listBookings = () => sql;\n",
    'apps/booking/src/server/bookings/cancel-booking.ts':
      "import type { Kysely } from 'kysely';\nimport { cancelEvent } from '#server/events/cancel-event.ts';\nexport const cancelBooking = (db: Kysely<unknown>) => cancelEvent(db);\n",
    'apps/booking/src/server/bookings/cancel-booking.test.ts':
      "import { createTestDatabase } from '@samaya/platform/test-database.ts';\nimport pg from 'pg';\nimport { findEvent } from '#server/events/event-queries.ts';\nexport const parts = [createTestDatabase, pg, findEvent];\n",
    'apps/booking/src/server/events/event-queries.ts': exporting('findEvent'),
    'apps/booking/src/server/events/event-api.ts': exporting('eventApi'),
    'apps/booking/src/server/events/cancel-event.ts':
      "import type { Kysely } from 'kysely';\nexport const cancelEvent = (db: Kysely<unknown>) => db;\n",
    'apps/booking/src/ui/Card.svelte': '<p>A card</p>\n',
    'apps/booking/src/routes/+page.server.ts':
      "import { cancelEvent } from '#server/events/cancel-event.ts';\nexport const load = () => cancelEvent;\n",
    'apps/booking/src/routes/+page.svelte':
      '<script lang="ts">\n  import Card from \'../ui/Card.svelte\';\n</script>\n\n<Card />\n',
  });
  copyFileSync(join(ROOT, '.dependency-cruiser.cjs'), join(root, '.dependency-cruiser.cjs'));
  copyFileSync(join(ROOT, 'tsconfig.json'), join(root, 'tsconfig.json'));
  linkInstalled(root);
  return root;
}

// Each seed breaks one rule, from the file where it is planted.
const SEEDS: readonly [rule: string, path: string, text: string][] = [
  [
    'no-cycles',
    'apps/booking/src/server/events/add-event.ts',
    "import { fillEvent } from './fill-event.ts';\nexport const addEvent = fillEvent;\n",
  ],
  [
    'apps-meet-only-in-packages',
    'apps/crm/src/server/intake/find-event.ts',
    "export { cancelEvent } from '../../../../booking/src/server/events/cancel-event.ts';\n",
  ],
  [
    'apps-meet-only-in-packages',
    'apps/booking/src/server/events/tell-crm.ts',
    "import type { takeIn } from '../../../../crm/src/server/intake/take-in.ts';\nexport type Tell = typeof takeIn;\n",
  ],
  [
    'packages-know-no-app',
    'packages/platform/src/shortcut.ts',
    "export type { cancelEvent } from '../../../apps/booking/src/server/events/cancel-event.ts';\n",
  ],
  [
    'contract-imports-nothing-of-ours',
    'packages/booking-notification/src/relay.ts',
    "export { connect } from '@samaya/platform/database.ts';\n",
  ],
  [
    'server-knows-no-page',
    'apps/booking/src/server/events/render-event.ts',
    "import Card from '../../ui/Card.svelte';\nexport const render = Card;\n",
  ],
  [
    'ui-is-domain-free',
    'apps/booking/src/ui/EventCard.svelte',
    '<script lang="ts">\n  import { cancelEvent } from \'#server/events/cancel-event.ts\';\n</script>\n\n<p>{cancelEvent}</p>\n',
  ],
  [
    'features-call-verbs-not-tables',
    'apps/booking/src/server/bookings/count-events.ts',
    "import { findEvent } from '#server/events/event-queries.ts';\nexport const countEvents = findEvent;\n",
  ],
  [
    'features-call-verbs-not-tables',
    'apps/booking/src/server/bookings/reuse-routes.ts',
    "import { eventApi } from '../events/event-api.ts';\nexport const reuse = eventApi;\n",
  ],
  [
    'pages-call-use-cases',
    'apps/booking/src/routes/e/+page.server.ts',
    "import { eventApi } from '#server/events/event-api.ts';\nexport const load = () => eventApi;\n",
  ],
  [
    'sql-stays-in-queries',
    'apps/booking/src/server/bookings/rename-booking.ts',
    "import { sql } from 'kysely';\nexport const rename = sql;\n",
  ],
  [
    'connections-are-passed-in',
    'apps/booking/src/server/bookings/open-queries.ts',
    "import pg from 'pg';\nexport const pool = pg;\n",
  ],
  [
    'tests-stay-in-tests',
    'apps/booking/src/server/bookings/fill-demo.ts',
    "export { parts } from './cancel-booking.test.ts';\n",
  ],
  [
    'imports-resolve',
    'apps/booking/src/server/bookings/lost.ts',
    "export { nothing } from '#server/nowhere/nothing.ts';\n",
  ],
];

test('a tree that keeps the rules is green', async () => {
  assert.deepEqual(await checkImports(plantGoodTree()), []);
});

test('each seeded violation is told, by its rule and place, and nothing else is', async () => {
  const root = plantGoodTree();
  for (const [, path, text] of SEEDS) plant(root, { [path]: text });
  // The way back that makes it a cycle, though it is a type only.
  plant(root, {
    'apps/booking/src/server/events/fill-event.ts':
      "import type { addEvent } from './add-event.ts';\nexport const fillEvent = (add: typeof addEvent) => add;\n",
  });
  const [output = ''] = await checkImports(root);
  const told = [...output.matchAll(/error ([a-z-]+): (\S+)/g)].map(([, rule, from]) => `${rule}: ${from}`);
  assert.deepEqual(told.sort(), SEEDS.map(([rule, path]) => `${rule}: ${path}`).sort());
});

test('every rule has a seeded violation and a reason', () => {
  const { forbidden } = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
  const rules = forbidden.map(({ name, comment }: { name: string; comment: string }) => comment && name);
  assert.deepEqual(new Set(SEEDS.map(([rule]) => rule)), new Set(rules));
});

test('the check sees our modules and where their imports lead', () => {
  const output = execFileSync(
    process.execPath,
    [
      join(ROOT, 'node_modules/.bin/depcruise'),
      '--config',
      '.dependency-cruiser.cjs',
      '-T',
      'json',
      'apps',
      'packages',
      'scripts',
      'test',
    ],
    { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  const { summary, modules } = JSON.parse(output);
  assert.ok(summary.totalCruised > 100, `${summary.totalCruised} modules`);
  assert.ok(summary.totalDependenciesCruised > 300, `${summary.totalDependenciesCruised} dependencies`);
  const sources = new Set(modules.map(({ source }: { source: string }) => source));
  assert.ok(sources.has('apps/booking/src/server/bookings/create-booking.ts'));
  assert.ok(sources.has('apps/booking/src/routes/+page.svelte'));
  const createBooking = modules.find(({ source }: { source: string }) => source.endsWith('/create-booking.ts'));
  const leadsTo = createBooking.dependencies.map(({ resolved }: { resolved: string }) => resolved);
  assert.ok(leadsTo.includes('packages/platform/src/database.ts'));
  assert.ok(leadsTo.includes('apps/booking/src/server/database-types.ts'));
});
