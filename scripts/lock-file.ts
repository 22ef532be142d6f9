import { readSource } from './source-files.ts';

/** A package as package-lock.json has it. */
export interface LockedPackage {
  /** Where npm puts it: `node_modules/koa/node_modules/depd`. */
  place: string;
  /** The name it has in the registry, also where it is installed under another. */
  name: string;
  version: string;
  license?: string;
  integrity?: string;
  resolved?: string;
  hasInstallScript?: boolean;
  dev?: boolean;
  optional?: boolean;
}

type Entry = Omit<LockedPackage, 'place' | 'name'> & { name?: string; link?: boolean };

/** Every package that is not ours. */
export function readLockedPackages(root: string): LockedPackage[] {
  const lock = JSON.parse(readSource(root, 'package-lock.json')) as { packages: Record<string, Entry> };
  return Object.entries(lock.packages)
    .filter(([place, entry]) => place.includes('node_modules/') && !entry.link)
    .map(([place, entry]) => ({ ...entry, place, name: entry.name ?? place.replace(/^.*node_modules\//, '') }));
}
