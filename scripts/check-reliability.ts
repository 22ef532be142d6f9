import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { namesOfTests } from './references.ts';
import { listSourceFiles, readSource } from './source-files.ts';

const FILE = 'docs/reliability.md';
const ROW = /^\| ([A-Z]+-\d\d[^|]*) \| [^|]+ \| ([^|]+) \|$/gm;
const ID = /\b[A-Z]+-\d\d\b/g;

/**
 * Whether every row of docs/reliability.md names test files that are there, and at least one that names the row. Says
 * which rows are tested and not in the document yet.
 */
export function checkReliability(root: string): { complaints: string[]; note?: string } {
  if (!existsSync(join(root, FILE))) return { complaints: [`${FILE}: is missing`] };
  // The short and the long tests of something have one name here.
  const tests = new Map<string, string>();
  for (const path of listSourceFiles(root).filter((one) => one.endsWith('.test.ts'))) {
    const name = path.replace(/(\.process|\.full)?\.test\.ts$/, '');
    tests.set(name, (tests.get(name) ?? '') + readSource(root, path));
  }
  const rows = [...readSource(root, FILE).matchAll(ROW)].map(([, ids = '', where = '']) => ({
    ids: readIds(ids),
    names: [...where.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  }));
  const complaints = rows.flatMap(({ ids, names }) => complainOfRow(ids, names, tests));
  const told = new Set(rows.flatMap(({ ids }) => ids));
  const untold = [...new Set([...tests.values()].flatMap(idsOfTests))].filter((id) => !told.has(id)).sort();
  return { complaints, ...(untold.length > 0 && { note: `not in ${FILE} yet: ${untold.join(', ')}` }) };
}

/** `DB-06, DB-07`, `LOAD-05, 06` and `LOAD-01 to 03`, each id by itself. */
function readIds(text: string): string[] {
  const ids: string[] = [];
  for (const [, to, group, number = ''] of text.matchAll(/(to )?(?:([A-Z]+)-)?(\d\d)\b/g)) {
    const [kind = '', last = ''] = ids.at(-1)?.split('-') ?? [];
    const first = to ? Number(last) + 1 : Number(number);
    for (let at = first; at <= Number(number); at++) ids.push(`${group ?? kind}-${String(at).padStart(2, '0')}`);
  }
  return ids;
}

function complainOfRow(ids: readonly string[], names: readonly string[], tests: ReadonlyMap<string, string>): string[] {
  const found = names
    .filter((name) => !name.includes(' '))
    .map((name) => ({ name, path: [...tests.keys()].find((path) => path === name || path.endsWith(`/${name}`)) }));
  const missing = found.filter(({ path }) => !path);
  const texts = found.map(({ path }) => tests.get(path ?? '') ?? '');
  return [
    ...missing.map(({ name }) => `${FILE}: ${ids[0]}: there is no test file ${name}`),
    ...ids
      .filter((id) => !texts.some((text) => text.includes(id)))
      .map((id) => `${FILE}: ${id}: none of its files names it`),
  ];
}

// What stands before the first colon of a name.
function idsOfTests(text: string): string[] {
  return namesOfTests(text).flatMap((name) => (name.includes(':') ? (name.split(':')[0]?.match(ID) ?? []) : []));
}
