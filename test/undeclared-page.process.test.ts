import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { freePort } from '@samaya/platform/test-port.ts';
import { copyTree, plant } from '../scripts/test-tree.ts';
import { testDataFolder } from './processes.ts';

const PLANTED = {
  'planted-page/+page.svelte': '<p>Nobody said who may read this.</p>\n',
  'planted-form/+page.server.ts': 'export const actions = { default: async () => ({}) };\n',
  'planted-form/+page.svelte': '<form method="post"></form>\n',
  'planted-endpoint/+server.ts': "export const GET = () => new Response('Nobody said who may read this.');\n",
};

async function run(cwd: string, args: string[], environment: Record<string, string> = {}) {
  const { PATH, HOME, TMPDIR } = process.env;
  const env = { PATH, HOME, TMPDIR, ...environment };
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let output = '';
  const keep = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  // It says that it is ready, and was to refuse.
  child.on('message', () => child.kill('SIGKILL'));
  await once(child, 'close');
  return { code: child.exitCode, output };
}

// That they start as they are is what every other test of a process shows.
for (const app of ['booking', 'crm'] as const) {
  test(`AUTHZ-07: ${app} does not start with a page, a form or an endpoint that says not who may call it`, async () => {
    const root = copyTree(new RegExp(`^(apps/${app}|packages)/|^package(-lock)?\\.json$`));
    const folder = join(root, 'apps', app);
    plant(join(folder, 'src/routes'), PLANTED);
    const built = await run(folder, ['../../node_modules/vite/bin/vite.js', 'build']);
    assert.equal(built.code, 0, built.output);
    const [booking, crm] = [await createTestDatabase('booking'), await createTestDatabase('crm')];
    const { code, output } = await run(folder, ['src/main.ts'], {
      DATA_DIR: testDataFolder(),
      BOOKING_PORT: String(await freePort()),
      CRM_PORT: String(await freePort()),
      BOOKING_DATABASE_URL: booking.appUrl,
      BOOKING_MIGRATION_URL: booking.ownerUrl,
      CRM_DATABASE_URL: crm.appUrl,
      CRM_MIGRATION_URL: crm.ownerUrl,
    });
    assert.equal(code, 1, output);
    assert.match(output, /\/planted-endpoint, \/planted-form, \/planted-page: not declared who may see it/);
  });
}
