import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type LockedPackage, readLockedPackages } from './lock-file.ts';
import { readSource } from './source-files.ts';

// Packages that a running Samaya has on one platform, with all they bring along. Most came with three libraries: the
// sign-in provider, passkeys and the cleaning of texts. One more is a question worth asking.
const MOST_IN_PRODUCTION = 132;

/** SUP-01, SUP-03: every package from the registry and as it was, no script that is not named, and not too many. */
export function checkLockFile(root: string): string[] {
  if (!existsSync(join(root, 'package-lock.json'))) return ['package-lock.json: is missing'];
  const packages = readLockedPackages(root);
  return [
    ...packages.flatMap(complainOfOrigin),
    ...complainOfScripts(packages, JSON.parse(readSource(root, 'package.json'))),
    ...complainOfCount(packages.filter(isInProduction).length),
  ];
}

/** Whether a running Samaya needs it. What is optional is the same few packages again, for other platforms. */
export function isInProduction({ dev, optional }: LockedPackage): boolean {
  return !dev && !optional;
}

function complainOfOrigin({ place, resolved, integrity }: LockedPackage): string[] {
  const complaints: string[] = [];
  if (resolved) complaints.push(`${place}: comes from ${resolved}; npm finds packages by name`);
  if (!integrity?.startsWith('sha512-')) complaints.push(`${place}: has no sha512 in package-lock.json`);
  return complaints;
}

function complainOfScripts(
  packages: readonly LockedPackage[],
  { allowScripts = {} }: { allowScripts?: Record<string, boolean> },
): string[] {
  const withScript = packages.filter(({ hasInstallScript }) => hasInstallScript);
  return withScript
    .map(({ place }) => place.replace(/^.*node_modules\//, ''))
    .filter((name) => allowScripts[name] === undefined)
    .map((name) => `${name}: runs a script when installed; say true or false in allowScripts of package.json`);
}

function complainOfCount(count: number): string[] {
  if (count <= MOST_IN_PRODUCTION) return [];
  return [
    `package-lock.json: ${count} packages in production, ${MOST_IN_PRODUCTION} are reckoned with; do without, or raise it`,
  ];
}
