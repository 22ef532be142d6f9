import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { ICONS } from './icons.ts';

const ROOT = join(import.meta.dirname, '../../..');
const APPS = ['booking', 'crm'];

function textsOf(pattern: string): Map<string, string> {
  const paths = globSync(pattern, { cwd: ROOT }).filter((path) => !path.endsWith('.test.ts'));
  return new Map(paths.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
}

const components = new Map([...textsOf('packages/ui/src/*.svelte')].map(([path, text]) => [basename(path), text]));

/** The components that an application imports, and those of which these are made. */
function usedBy(app: string): Set<string> {
  const texts = [...textsOf(`apps/${app}/src/**/*.{svelte,ts}`).values()];
  const used = new Set(
    [...components.keys()].filter((name) => texts.some((text) => text.includes(`@samaya/ui/${name}'`))),
  );
  for (const name of used) {
    for (const [, part = ''] of components.get(name)?.matchAll(/'\.\/(\w+\.svelte)'/g) ?? []) used.add(part);
  }
  return used;
}

test('every component is used by both applications; what one alone needs stands in its own src/ui', () => {
  assert.ok(components.size > 10);
  for (const app of APPS) {
    const used = usedBy(app);
    assert.deepEqual(
      [...components.keys()].filter((name) => !used.has(name)),
      [],
      `not used by ${app}`,
    );
  }
});

test('every sign is drawn somewhere', () => {
  const texts = [...textsOf('{apps,packages}/*/src/**/*.{svelte,ts}')].flatMap(([path, text]) =>
    path.endsWith('/icons.ts') ? [] : [text],
  );
  const isDrawn = (name: string) => texts.some((text) => text.includes(`name="${name}"`) || text.includes(`'${name}'`));
  assert.deepEqual(
    Object.keys(ICONS).filter((name) => !isDrawn(name)),
    [],
  );
});
