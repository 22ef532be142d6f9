import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ASVS_LEVELS } from './asvs-levels.ts';
import { complainOfReference, findReferences } from './references.ts';
import { readSource } from './source-files.ts';

const FILE = 'docs/asvs.md';
const ROW = /^\| (\d+\.\d+\.\d+) \| (\d) \| ([^|]+) \| ([^|]+) \| (.+) \|$/gm;
const ANSWERS = ['met', 'none here', 'accepted', 'open'] as const;
const LEAST_REASON = 15;

/**
 * Whether docs/asvs.md answers every requirement of levels 1 and 2, and whether what it leans on is there. What is met
 * names a test, or the document that was asked for; every other answer is a reason.
 */
export function checkAsvs(root: string): { complaints: string[]; note?: string } {
  if (!existsSync(join(root, FILE))) return { complaints: [`${FILE}: is missing`] };
  const rows = [...readSource(root, FILE).matchAll(ROW)].map(([, id = '', level, , answer = '', how = '']) => ({
    id,
    level: Number(level),
    answer: answer.trim(),
    how,
  }));
  const listed = new Map<string, number>();
  for (const { id } of rows) listed.set(id, (listed.get(id) ?? 0) + 1);
  const complaints = rows.flatMap((row) =>
    complainOfRow(root, row).map((complaint) => `${FILE}: ${row.id} ${complaint}`),
  );
  for (const [id, level] of ASVS_LEVELS) {
    const count = listed.get(id) ?? 0;
    if (level <= 2 && count !== 1) complaints.push(`${FILE}: ${id} stands there ${count} times, not once`);
  }
  return { complaints, note: describe(rows) };
}

function complainOfRow(
  root: string,
  { id, level, answer, how }: { id: string; level: number; answer: string; how: string },
): string[] {
  const complaints: string[] = [];
  if (ASVS_LEVELS.get(id) !== level) complaints.push(`is no requirement of level ${level}`);
  if (!ANSWERS.some((known) => known === answer)) complaints.push(`is answered "${answer}": say ${ANSWERS.join(', ')}`);
  const references = findReferences(how);
  if (answer === 'met' && references.length === 0) complaints.push('is met, but names no test and no document');
  if (answer !== 'met' && how.trim().length < LEAST_REASON) complaints.push(`is ${answer} without a reason`);
  return [...complaints, ...references.flatMap((reference) => complainOfReference(root, reference))];
}

function describe(rows: readonly { answer: string }[]): string {
  const counts = ANSWERS.map((answer) => `${rows.filter((row) => row.answer === answer).length} ${answer}`);
  return `${rows.length} requirements: ${counts.join(', ')}`;
}
