import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readSource } from './source-files.ts';

/** What a document leans on: a file, and the words to look for there. */
export interface Reference {
  path: string;
  words: string;
}

// `docs/security.md` "Limits"
const REFERENCE = /`([^`\s]+\.\w+)` "([^"]+)"/g;
const TEST_NAME = /\b(?:test|it)\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gs;
const ROWS = /^[A-Z]+-\d\d?(, [A-Z]+-\d\d?)*: /;
const HEADING = /^#+ (.*)$/gm;

/** The references of a text, in the order in which they stand. */
export function findReferences(text: string): Reference[] {
  return [...text.matchAll(REFERENCE)].map(([, path = '', words = '']) => ({ path, words }));
}

/** Whether there is a test whose name begins so, a heading of a document that does, or the words in another file. */
export function complainOfReference(root: string, { path, words }: Reference): string[] {
  if (!existsSync(join(root, path))) return [`there is no file ${path}`];
  const text = readSource(root, path);
  if (path.endsWith('.test.ts')) {
    return namesOfTests(text).some((name) => beginsWith(name, words)) ? [] : [`${path} has no test "${words}"`];
  }
  if (path.endsWith('.md')) {
    const headings = [...text.matchAll(HEADING)].map(([, heading = '']) => heading);
    return headings.some((heading) => heading.startsWith(words)) ? [] : [`${path} has no heading "${words}"`];
  }
  return text.includes(words) ? [] : [`${path} does not say "${words}"`];
}

// With or without the rows of the bar, which come and go.
function beginsWith(name: string, words: string): boolean {
  return name.startsWith(words) || name.replace(ROWS, '').startsWith(words);
}

/** The names of the tests of a file as they are written there. */
export function namesOfTests(text: string): string[] {
  return [...text.matchAll(TEST_NAME)].map(([, , name = '']) => name.replaceAll(/\\(.)/g, '$1'));
}
