import { spreadsheetOf } from '#server/spreadsheet.ts';
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

/** A table as a file for spreadsheets. */
export function csvOf({ rows }: PersonalTable): string {
  const columns = Object.keys(rows[0] ?? {});
  return spreadsheetOf(
    columns,
    rows.map((row) => columns.map((column) => row[column])),
  );
}
