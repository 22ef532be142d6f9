import { CsvError, parse } from 'csv-parse/sync';
import { ImportError } from './import-errors.ts';
import type { Refusal, SourceRow } from './schedule.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

export interface CsvTable {
  header: string[];
  rows: SourceRow[];
  refused: Refusal[];
}

/**
 * Reads a CSV file with a header: quoted values over several lines, a byte order mark, and the delimiter that the
 * header uses unless one is given. A row with another number of values than the header is refused. Throws an
 * ImportError when the file as a whole cannot be read.
 */
export function readCsv(text: string, delimiter = detectDelimiter(text)): CsvTable {
  const records = parseRecords(text, delimiter);
  const header = readHeader(records.shift()?.record);
  const table: CsvTable = { header, rows: [], refused: [] };
  for (const { record, line } of records) {
    if (record.every((value) => value.trim() === '')) continue;
    const where = `line ${line}`;
    if (record.length === header.length) {
      table.rows.push({ where, columns: Object.fromEntries(header.map((name, index) => [name, record[index] ?? ''])) });
      continue;
    }
    const reason = `has ${record.length} values where the header has ${header.length}; a value with “${delimiter}” in it needs quotes`;
    table.refused.push({ where, field: 'row', value: record.join(delimiter), reason });
  }
  return table;
}

export function isDelimiter(value: string): value is Delimiter {
  return DELIMITERS.some((delimiter) => delimiter === value);
}

function detectDelimiter(text: string): Delimiter {
  const [firstLine = ''] = text.trimStart().split('\n', 1);
  const outsideQuotes = firstLine.replaceAll(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => outsideQuotes.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

function parseRecords(text: string, delimiter: string): { record: string[]; line: number }[] {
  try {
    const parsed = parse(text, { bom: true, delimiter, relax_column_count: true, skip_empty_lines: true, info: true });
    // The parser counts the line a record ends on.
    return (parsed as unknown as { record: string[]; info: { lines: number } }[]).map(({ record, info }) => ({
      record,
      line: info.lines - record.join('').split('\n').length + 1,
    }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new ImportError(`The CSV cannot be read: ${sentence(error)}`);
  }
}

function sentence(error: CsvError): string {
  const line = typeof error.lines === 'number' ? error.lines : '?';
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote (") is opened and never closed.';
  if (error.code === 'INVALID_OPENING_QUOTE' || error.code === 'CSV_INVALID_CLOSING_QUOTE') {
    return `line ${line} has a quote (") in the middle of a value; inside a quoted value it is written twice ("").`;
  }
  return `${error.message}.`;
}

function readHeader(record: string[] | undefined): string[] {
  if (!record) throw new ImportError('The file is empty: it has no header line.');
  const header = record.map((name, index) => name.trim() || `column ${index + 1}`);
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined) throw new ImportError(`The header names “${twice}” twice; each column needs its own name.`);
  return header;
}
