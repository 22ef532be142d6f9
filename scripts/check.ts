import { resolve } from 'node:path';
import { checkAdvisories } from './check-advisories.ts';
import { checkAsvs } from './check-asvs.ts';
import { checkGenerated } from './check-generated.ts';
import { checkLayout } from './check-layout.ts';
import { checkLicences } from './check-licences.ts';
import { checkLockFile } from './check-lock-file.ts';
import { checkPackages } from './check-packages.ts';
import { checkReliability } from './check-reliability.ts';
import { checkSettings } from './check-settings.ts';
import { checkSourceRules } from './check-source-rules.ts';
import {
  checkImports,
  checkPages,
  checkSecrets,
  checkTypes,
  checkWithBiome,
  checkWithPrettier,
} from './check-tools.ts';
import { withTestPostgres } from './test-postgres.ts';
import { WAIVERS } from './waivers.ts';

const ROOT = resolve(import.meta.dirname, '..');
const AT_ONCE = 2;

const WITH_WAIVERS = { waivers: WAIVERS, now: new Date() };

/** What a check complains of, and what it says although nothing is wrong. */
interface Outcome {
  complaints: string[];
  note?: string;
}

type Check = (root: string) => string[] | Outcome | Promise<string[] | Outcome>;

// The slow ones first, so that none of them runs alone at the end.
const CHECKS: readonly (readonly [name: string, check: Check])[] = [
  ['pages', checkPages],
  ['types', checkTypes],
  ['generated files', (root) => withTestPostgres(() => checkGenerated(root))],
  ['biome', checkWithBiome],
  ['prettier', checkWithPrettier],
  ['imports', checkImports],
  ['secrets', checkSecrets],
  ['advisories', (root) => checkAdvisories(root, WITH_WAIVERS)],
  ['layout', checkLayout],
  ['source rules', checkSourceRules],
  ['packages', checkPackages],
  ['lock file', checkLockFile],
  ['asvs', checkAsvs],
  ['reliability', checkReliability],
  ['licences', (root) => checkLicences(root, WITH_WAIVERS)],
  ['settings', checkSettings],
];

const waiting = [...CHECKS];
let failures = 0;

async function work(): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [name, check] = next;
    const begin = performance.now();
    const found = await Promise.try(check, ROOT).catch((error: Error) => [error.stack ?? String(error)]);
    const { complaints, note } = Array.isArray(found) ? { complaints: found } : found;
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    if (complaints.length === 0) {
      process.stdout.write(`ok ${name} (${seconds} s)${note ? `: ${note}` : ''}\n`);
      continue;
    }
    failures++;
    process.stdout.write(`not ok ${name} (${seconds} s)\n${complaints.join('\n').replaceAll(/^/gm, '  ')}\n`);
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, work));
process.stdout.write(failures === 0 ? 'All checks are green.\n' : `${failures} of ${CHECKS.length} checks are red.\n`);
process.exitCode = failures === 0 ? 0 : 1;
