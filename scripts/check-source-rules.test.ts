import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSourceRules } from './check-source-rules.ts';
import { plantTree } from './test-tree.ts';

const FEATURE = 'apps/booking/src/server/events';
// In two parts, so that this file does not complain of itself.
const UNFINISHED = ['TO', 'DO'].join('');
const ONLY = ['test.on', "ly('x', () => {});"].join('');
const SKIP = ["test('x', { sk", 'ip: true }, () => {});'].join('');

test('a tree that keeps the rules is green', () => {
  const root = plantTree({
    'packages/platform/src/config.ts': 'export const environment = process.env;',
    'packages/platform/src/rate-limit.ts': 'export const now = Date.now();',
    'packages/platform/src/page-cookie.ts': "token === undefined; null !== secret; token === 'MMM'; tokens === 3;",
    'apps/booking/src/main.ts':
      "import { connect } from '@samaya/platform/database.ts';\nconnect(process.env.X); db.selectFrom('x'); new Date();",
    'apps/booking/src/import-command.ts': "db.insertInto('x'); process.env.X;",
    'apps/booking/src/server/app.ts': "import { connect, isDatabaseAway } from '@samaya/platform/database.ts';",
    [`${FEATURE}/event-queries.ts`]: "sql`select 1`; db.selectFrom('x'); pool.query('select 1');",
    [`${FEATURE}/event-api.ts`]: "c.req.query('q'); new Date(text); reconnect();",
    'apps/crm/src/ui/follow-events.ts': 'Math.random();',
    [`${FEATURE}/wait.ts`]: 'outlet.random ?? Math.random;',
    'packages/platform/src/embedded-postgres.ts': "import { spawn } from 'node:child_process';",
    [`${FEATURE}/event.test.ts`]: "pool.query('x'); new pg.Pool(); new Date(); process.env.X;",
    'apps/booking/src/routes/+page.svelte': '<p>{event.title}</p>',
    'scripts/check.ts': 'process.env; new pg.Client();',
    'test/both.test.ts': "pool.query('x');",
  });
  assert.deepEqual(checkSourceRules(root), []);
});

const SEEDS: readonly [path: string, text: string, complaint: RegExp][] = [
  [`${FEATURE}/event.ts`, `\n// ${UNFINISHED}: later`, /event\.ts:2: .*finish it/],
  ['docs/operating.md', UNFINISHED, /finish it/],
  [`${FEATURE}/event.test.ts`, ONLY, /a test runs always/],
  ['test/both.test.ts', SKIP, /a test runs always/],
  ['apps/booking/src/routes/+page.svelte', '<p>{@html event.description}</p>', /pages print text/],
  [`${FEATURE}/event.ts`, 'process.env.PORT', /settings are read in/],
  ['apps/crm/src/routes/+page.svelte', "import { env } from '$env/dynamic/private';", /settings are read in/],
  ['packages/platform/src/log.ts', 'process.env.LOG', /settings are read in/],
  [`${FEATURE}/cancel-event.ts`, "trx.updateTable('events')", /SQL stands in/],
  [`${FEATURE}/cancel-event.ts`, 'sql<number>`select 1`', /SQL stands in/],
  ['apps/crm/src/routes/+page.server.ts', "pool.query('select 1')", /SQL stands in/],
  [
    `${FEATURE}/cancel-event.ts`,
    "import {\n  connect,\n} from '@samaya/platform/database.ts';",
    /only entry points open a connection/,
  ],
  ['apps/crm/src/server/stream/listen.ts', 'new pg.Client()', /only entry points open a connection/],
  [`${FEATURE}/cancel-event.ts`, 'const now = new Date();', /only entry points ask the clock/],
  [`${FEATURE}/cancel-event.ts`, 'Date.now() > 1', /only entry points ask the clock/],
  // NOTIF-17
  [
    'packages/booking-notification/src/signature.ts',
    'if (given === expectedMac) return;',
    /compared by timingSafeEqual/,
  ],
  [`${FEATURE}/event.ts`, 'return link.token === right;', /compared by timingSafeEqual/],
  ['apps/crm/src/hooks.server.ts', 'if (proofOf(secret) !== request.secret) x();', /compared by timingSafeEqual/],
  [`${FEATURE}/event.ts`, 'return eval(text);', /text is not run as code/],
  ['apps/crm/src/hooks.server.ts', 'new Function(text)();', /text is not run as code/],
  ['packages/platform/src/log.ts', "import vm from 'node:vm';", /text is not run as code/],
  [`${FEATURE}/event.ts`, "import { exec } from 'node:child_process';", /starts no program/],
  [`${FEATURE}/event.ts`, 'const token = Math.random();', /chance that nobody may guess/],
  ['packages/platform/src/log.ts', 'Math.random().toString(36);', /chance that nobody may guess/],
  [`${FEATURE}/event.ts`, 'connect({ rejectUnauthorized: false });', /certificates are judged/],
  ['apps/booking/src/main.ts', 'connect({ ssl: { rejectUnauthorized: false } });', /certificates are judged/],
];

for (const [path, text, complaint] of SEEDS) {
  test(`complains of ${JSON.stringify(text)} in ${path}`, () => {
    const complaints = checkSourceRules(plantTree({ [path]: text }));
    assert.equal(complaints.length, 1, complaints.join('\n'));
    assert.match(complaints[0] ?? '', complaint);
    assert.ok(complaints[0]?.startsWith(`${path}:`));
  });
}
