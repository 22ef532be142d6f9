import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countTries } from '@samaya/platform/test-tries.ts';
import { startTwoApps } from './two-apps.ts';

const { booking, crm } = await startTwoApps();

const FOLDERS = ['', '/docs', '/_app', '/_app/immutable', '/api', '/api/v1', '/oidc', '/assets', '/static'];
const FILES = [
  ...['.git/', '.git/config', '.git/HEAD', '.env', '.env.example', '.npmrc', '.DS_Store', '.svelte-kit/', '.stamp'],
  ...['package.json', 'package-lock.json', 'node_modules/', 'vite.config.ts', 'src/main.ts', 'schema.sql', 'build/'],
  ...['data/secrets.json', 'secrets.json', 'backup.sql', 'debug', 'debug/vars', '_debug', 'server-status', 'actuator'],
  ...['..%2f..%2fpackage.json', '%2e%2e/%2e%2e/.env', '..\\..\\package.json', '....//package.json', 'index.js.map'],
  ...['manifest.json', '.vite/manifest.json', 'phpinfo.php', 'wp-login.php', 'console', 'graphql', 'swagger.json'],
];

test('AUTHZ-08: what is not meant to be found is not there: sources, keys, folders, tools', async (t) => {
  const paths = FOLDERS.flatMap((folder) => [`${folder}/`, ...FILES.map((file) => `${folder}/${file}`)]);
  countTries(t, 'AUTHZ-08', { short: paths.length * 2, full: paths.length * 2 });
  for (const app of [booking, crm]) {
    for (const path of paths.filter((one) => one !== '/')) {
      const response = await fetch(app.url + path, { redirect: 'manual' });
      const text = await response.text();
      const isFound = response.status < 300;
      assert.ok(!isFound, `${app.url}${path} ${response.status}`);
      assert.ok([301, 303, 307, 308, 400, 401, 404].includes(response.status), `${path} ${response.status}`);
      assert.doesNotMatch(text, /Index of|"dependencies"|cookieKeys|\[core\]|sourceMappingURL/, path);
    }
  }
});
