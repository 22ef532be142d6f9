import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { settings } from '@samaya/platform/config.ts';
import { readSource } from './source-files.ts';

const FILE = '.env.example';
// `NAME=default`, or `# NAME=` for a setting that is absent by default.
const SETTING = /^(?:# ?)?([A-Z][A-Z0-9_]*)=(.*)$/;

/** Whether `.env.example` lists every setting once, with a comment above it and its true default. */
export function checkSettings(root: string): string[] {
  if (!existsSync(join(root, FILE))) return [`${FILE}: is missing`];
  const complaints: string[] = [];
  const listed = new Set<string>();
  let above = '';
  for (const line of readSource(root, FILE).split('\n')) {
    const [, name, value] = SETTING.exec(line) ?? [];
    if (name !== undefined && value !== undefined) {
      if (listed.has(name)) complaints.push(`${FILE}: ${name} stands there twice`);
      if (!above.startsWith('#') || SETTING.test(above)) complaints.push(`${FILE}: ${name} has no comment above it`);
      complaints.push(...complainOfValue(name, value));
      listed.add(name);
    }
    above = line;
  }
  const missing = Object.keys(settings).filter((name) => !listed.has(name));
  return [...complaints, ...missing.map((name) => `${FILE}: ${name} is missing`)];
}

function complainOfValue(name: string, value: string): string[] {
  const setting = Object.entries(settings).find(([known]) => known === name)?.[1];
  if (!setting) return [`${FILE}: ${name} is no setting`];
  const usual: unknown = setting.parse(undefined);
  const isAbsent = usual === undefined || (Array.isArray(usual) && usual.length === 0);
  if (value === '') return isAbsent ? [] : [`${FILE}: ${name} has a default; write it`];
  const given = setting.safeParse(value);
  return given.success && isDeepStrictEqual(given.data, usual) ? [] : [`${FILE}: ${name}=${value} is not its default`];
}
