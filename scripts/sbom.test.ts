import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { isInProduction } from './check-lock-file.ts';
import { readLockedPackages } from './lock-file.ts';
import { makeInventory } from './sbom.ts';

const ROOT = resolve(import.meta.dirname, '..');

interface Inventory {
  bomFormat: string;
  specVersion: string;
  metadata: { component: { name: string; version: string } };
  components: { 'bom-ref': string; hashes?: { alg: string }[]; licenses?: unknown[]; properties: { name: string }[] }[];
}

test('SUP-03: the inventory names every package with its hash and licence, and tells which ones run', async () => {
  const text = await makeInventory(ROOT);
  const { bomFormat, specVersion, metadata, components } = JSON.parse(text) as Inventory;
  assert.deepEqual([bomFormat, specVersion, metadata.component.name], ['CycloneDX', '1.5', 'samaya']);
  const byRef = new Map(components.map((component) => [component['bom-ref'], component]));
  const packages = readLockedPackages(ROOT);
  for (const locked of packages) {
    const component = byRef.get(`${locked.name}@${locked.version}`);
    assert.ok(component, `${locked.name}@${locked.version} is missing`);
    assert.equal(component.hashes?.[0]?.alg, 'SHA-512', locked.name);
    assert.equal(component.licenses?.length, 1, locked.name);
    if (!isInProduction(locked)) continue;
    assert.ok(!component.properties.some(({ name }) => name === 'cdx:npm:package:development'), locked.name);
  }
  assert.ok(packages.filter(isInProduction).length > 50);
  assert.equal(await makeInventory(ROOT), text);
});
