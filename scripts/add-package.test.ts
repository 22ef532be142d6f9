import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { addPackage } from './add-package.ts';
import { runNpm } from './run-npm.ts';
import { plantTree } from './test-tree.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const AGES = { '1.0.0': 30, '1.1.0': 8, '1.2.0': 3 };

/** A registry with one package, `calm`, whose newest version is of this week and leaves a file where it is installed. */
async function startRegistry(): Promise<string> {
  const tarballs = new Map<string, Buffer>();
  for (const version of Object.keys(AGES)) {
    const scripts = { postinstall: "node -e \"fs.writeFileSync(process.env.INIT_CWD + '/ran', '')\"" };
    const folder = plantTree({ 'package.json': JSON.stringify({ name: 'calm', version, scripts }) });
    const { code, stderr } = await runNpm(folder, ['pack', '--ignore-scripts']);
    assert.equal(code, 0, stderr);
    tarballs.set(version, readFileSync(join(folder, `calm-${version}.tgz`)));
  }
  const server = createServer((request, response) => {
    const tarball = tarballs.get(/calm-([\d.]+)\.tgz$/.exec(request.url ?? '')?.[1] ?? '');
    if (tarball) return void response.end(tarball);
    const versions = Object.fromEntries(
      [...tarballs].map(([version, bytes]) => {
        const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
        return [version, { name: 'calm', version, dist: { integrity, tarball: `${url}calm/-/calm-${version}.tgz` } }];
      }),
    );
    const time = Object.fromEntries(
      Object.entries(AGES).map(([version, days]) => [version, new Date(Date.now() - days * DAY_MS).toISOString()]),
    );
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ name: 'calm', 'dist-tags': { latest: '1.2.0' }, versions, time }));
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return url;
}

test('SUP-04: a package comes in by its exact version, none of the last week, and runs nothing', async () => {
  const root = plantTree({ 'package.json': JSON.stringify({ name: 'x', version: '1.0.0' }) });
  const npm = { npm_config_registry: await startRegistry(), npm_config_cache: plantTree({}) };
  const { stdout } = await runNpm(root, ['--version']);
  const [major = 0, minor = 0] = stdout.split('.').map(Number);
  if (major < 11 || (major === 11 && minor < 10)) {
    await assert.rejects(addPackage(root, ['calm'], npm), /cannot tell how old a package is/);
    return;
  }
  await addPackage(root, ['calm'], npm);
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  assert.deepEqual(dependencies, { calm: '1.1.0' });
  assert.equal(existsSync(join(root, 'ran')), false);
  await assert.rejects(addPackage(root, ['calm@1.2.0'], npm), /ETARGET/);
});

test('negative control: npm by itself takes the version of this week', async () => {
  const root = plantTree({ 'package.json': JSON.stringify({ name: 'x', version: '1.0.0' }) });
  const npm = { npm_config_registry: await startRegistry(), npm_config_cache: plantTree({}) };
  await runNpm(root, ['install', '--ignore-scripts', '--no-audit', 'calm'], npm);
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  // With or without a caret, as the settings around say.
  assert.match(dependencies.calm, /^\^?1\.2\.0$/);
});
