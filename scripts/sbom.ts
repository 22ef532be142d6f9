import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runNpm } from './run-npm.ts';

/** An inventory in the CycloneDX format, as far as we touch it. */
interface Inventory {
  serialNumber?: string;
  metadata: { timestamp?: string; component: { name: string; purl: string } };
}

/** SUP-03: every package of the lock file in CycloneDX, on every platform; the same bytes each time. */
export async function makeInventory(root: string): Promise<string> {
  const args = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--loglevel=error'];
  const { code, stdout, stderr } = await runNpm(root, args);
  if (code !== 0) throw new Error(`npm sbom ended with ${code}: ${stderr.trim()}`);
  const { serialNumber: _, ...inventory } = JSON.parse(stdout) as Inventory;
  const { timestamp: __, ...metadata } = inventory.metadata;
  // npm calls it what the folder is called.
  const component = { ...metadata.component, name: 'samaya' };
  return `${JSON.stringify({ ...inventory, metadata: { ...metadata, component } }, null, 2)}\n`;
}

if (import.meta.main) {
  const root = resolve(import.meta.dirname, '..');
  const file = 'build/sbom.cdx.json';
  mkdirSync(join(root, 'build'), { recursive: true });
  writeFileSync(join(root, file), await makeInventory(root));
  process.stdout.write(`${file}\n`);
}
