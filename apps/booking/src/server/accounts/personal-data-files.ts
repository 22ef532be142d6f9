import { stringify } from 'csv-stringify/sync';
import type { exportPerson } from './export-person.ts';

type PersonalData = Awaited<ReturnType<typeof exportPerson>>;

/** A table of what is kept about a person, as rows of plain values. */
export interface PersonalTable {
  name: string;
  rows: readonly Record<string, unknown>[];
}

/** Everything kept about a person, table by table: the same as in the one document, whatever tables that has. */
export function tablesOf({ exported_at: _at, ...tables }: PersonalData): PersonalTable[] {
  return Object.entries(tables).map(([name, content]) => ({
    name,
    rows: Array.isArray(content) ? content : [content],
  }));
}

/**
 * A table as a file for spreadsheets: marked as UTF-8, times in UTC, and nothing that a spreadsheet would take for a
 * formula is one.
 */
export function csvOf({ rows }: PersonalTable): string {
  return stringify([...rows], {
    header: true,
    columns: Object.keys(rows[0] ?? {}),
    bom: true,
    escape_formulas: true,
    record_delimiter: 'windows',
    cast: {
      date: (value) => value.toISOString(),
      boolean: (value) => (value ? 'yes' : 'no'),
      object: (value) => JSON.stringify(value),
    },
  });
}
