import { listSourceFiles, readSource } from './source-files.ts';

const EXACT = /^(npm:(@[\w-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/;
const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

/** Exact versions in every package.json. */
export function checkPackages(root: string): string[] {
  const manifests = listSourceFiles(root).filter((path) => path.split('/').at(-1) === 'package.json');
  return manifests.flatMap((path) => complainOfVersions(path, readSource(root, path)));
}

function complainOfVersions(path: string, text: string): string[] {
  const manifest = JSON.parse(text) as Partial<Record<(typeof KINDS)[number], Record<string, string>>>;
  return KINDS.flatMap((kind) => Object.entries(manifest[kind] ?? {}))
    .filter(([, version]) => !EXACT.test(version))
    .map(([name, version]) => `${path}: ${name} is "${version}"; give the exact version`);
}
