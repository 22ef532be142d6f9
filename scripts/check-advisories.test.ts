import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { checkAdvisories } from './check-advisories.ts';
import { plantTree } from './test-tree.ts';
import type { Waiver } from './waivers.ts';

const NOW = new Date('2026-11-26T12:00:00Z');
const ID = 'GHSA-aaaa-bbbb-cccc';
const WAIVER: Waiver = { of: 'advisory', name: ID, until: '2026-12-01', reason: 'we call nothing of it' };

/** A registry that knows this against hono 4.0.0; `undefined` when it answers no such question. */
async function startRegistry(severity: string | undefined): Promise<string> {
  const server = createServer((request, response) => {
    const isAsked = request.method === 'POST' && request.url === '/-/npm/v1/security/advisories/bulk';
    response.statusCode = isAsked && severity === undefined ? 405 : isAsked ? 200 : 404;
    const url = `https://github.com/advisories/${ID}`;
    const advisory = { id: 1, url, title: 'Planted', severity, vulnerable_versions: '<5', cwe: [], cvss: { score: 8 } };
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ hono: [advisory] }));
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const hono = { version: '4.0.0', integrity: 'sha512-AAAA', license: 'MIT' };

async function look(registry: string, { now = NOW, waivers = [] as Waiver[], dev = false } = {}) {
  const root = plantTree({
    'package.json': JSON.stringify({ name: 'x', [dev ? 'devDependencies' : 'dependencies']: { hono: '4.0.0' } }),
    'package-lock.json': JSON.stringify({
      name: 'x',
      lockfileVersion: 3,
      packages: {
        '': { name: 'x', [dev ? 'devDependencies' : 'dependencies']: { hono: '4.0.0' } },
        'node_modules/hono': { ...hono, ...(dev && { dev }) },
      },
    }),
  });
  // A cache of its own: npm remembers what an advisory is about.
  return await checkAdvisories(root, {
    waivers,
    now,
    npm: { npm_config_registry: registry, npm_config_cache: plantTree({}) },
  });
}

test('SUP-02: a severe advisory against what runs is told with its id', async () => {
  const complaint = `hono: high, Planted (${ID}); upgrade it, or waive it for some days`;
  assert.deepEqual(await look(await startRegistry('high')), { complaints: [complaint] });
  assert.deepEqual(await look(await startRegistry('critical')), {
    complaints: [complaint.replace('high', 'critical')],
  });
});

test('SUP-02: a slight one is not, and neither is one against what only we use to build', async () => {
  assert.deepEqual(await look(await startRegistry('moderate')), { complaints: [] });
  assert.deepEqual(await look(await startRegistry('high'), { dev: true }), { complaints: [] });
});

test('SUP-02: a waived one is green until its day has passed', async () => {
  const registry = await startRegistry('high');
  assert.deepEqual(await look(registry, { waivers: [WAIVER] }), { complaints: [] });
  const later = await look(registry, { waivers: [WAIVER], now: new Date('2026-12-02T00:00:00Z') });
  assert.match(later.complaints.join(), /GHSA-aaaa-bbbb-cccc.*\(its waiver ended on 2026-12-01\)$/);
});

test('SUP-02: a registry that is away, or has no audit, makes nothing red; it is said that nobody was asked', async () => {
  for (const [registry, why] of [
    ['http://127.0.0.1:1/', /ECONNREFUSED/],
    [await startRegistry(undefined), /405/],
  ] as const) {
    const { complaints, note } = await look(registry, { waivers: [WAIVER] });
    assert.deepEqual(complaints, []);
    assert.match(note ?? '', /^NOT ASKED, npm audit got no answer: /);
    assert.match(note ?? '', why);
  }
});
