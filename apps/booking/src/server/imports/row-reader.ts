import { ImportError } from './import-errors.ts';
import { type Condition, FIELDS, type Field, type Mapping } from './mapping.ts';
import { compileTemplate, type Template } from './template.ts';
import { compileTimeFormat, type TimeFormat } from './time-format.ts';

/** A mapping made ready for one file: which columns give which field, in which formats. */
export interface RowReader {
  mapping: Mapping;
  /** The value of a field in a row: its column, put through `values`, else the default; empty when there is none. */
  value(field: Field, columns: Record<string, string>): string;
  /** Whether the file can state a field at all. */
  states(field: Field): boolean;
  isDerivedEmail: boolean;
  startFormats: TimeFormat[];
  endFormats: TimeFormat[];
  same: Template[] | undefined;
  unusedColumns: string[];
}

export interface ReaderOptions {
  /** Calendars give times and their own identity. */
  isCalendar: boolean;
  /** Whether rows may leave the facilitator out, because the importer is one. */
  hasOwnFacilitator: boolean;
}

/** Makes a mapping ready for a file with this header. Throws an ImportError naming all that is missing. */
export function createRowReader(mapping: Mapping, header: readonly string[], options: ReaderOptions): RowReader {
  const given: Partial<Record<Field, string>> = mapping.columns ?? columnsByName(header);
  const templates = new Map<Field, Template>();
  const defaults = new Map<Field, Template>();
  for (const field of FIELDS) {
    const column = given[field];
    if (column !== undefined) templates.set(field, compileTemplate(column, header, field));
    const standard = mapping.defaults[field];
    if (standard !== undefined) {
      defaults.set(field, standard.includes('{') ? compileTemplate(standard, header, field) : () => standard.trim());
    }
  }
  for (const condition of [...mapping.skip, ...mapping.together]) refuseUnknownColumn(condition, header);
  const states = (field: Field) => templates.has(field) || defaults.has(field);
  refuseMissing(states, options, header);

  const valueMaps = new Map(FIELDS.map((field) => [field, trimmedKeys(mapping.values[field] ?? {})]));
  const conditions = [...mapping.skip, ...mapping.together].map(({ column }) => column);
  const used = [...Object.values(given), ...Object.values(mapping.defaults), ...conditions, ...(mapping.same ?? [])];
  return {
    mapping,
    states,
    value(field, columns) {
      const raw = templates.get(field)?.(columns) ?? '';
      const value = valueMaps.get(field)?.get(raw) ?? raw;
      return value === '' ? (defaults.get(field)?.(columns) ?? '') : value;
    },
    isDerivedEmail: `${given.facilitator_email ?? ''}${mapping.defaults.facilitator_email ?? ''}`.includes('|slug}'),
    startFormats: (mapping.formats.date_time ?? []).map((format) => compileTimeFormat(format, mapping.language)),
    endFormats: (mapping.formats.end ?? []).map((format) => compileTimeFormat(format, mapping.language)),
    same: mapping.same?.map((column) => compileTemplate(column, header, 'same')),
    unusedColumns: header.filter(
      (name) => !used.includes(name) && !used.some((text) => text.includes(`{${name}}`) || text.includes(`{${name}|`)),
    ),
  };
}

// “Date time”, “date-time” and “DATE_TIME” are all the documented `date_time`.
function columnsByName(header: readonly string[]): Partial<Record<Field, string>> {
  const columns: Partial<Record<Field, string>> = {};
  for (const name of header) {
    const field = FIELDS.find((one) => one === name.toLowerCase().replaceAll(/[\s-]+/g, '_'));
    if (field && columns[field] === undefined) columns[field] = name;
  }
  return columns;
}

function trimmedKeys(values: Record<string, string>): Map<string, string> {
  return new Map(Object.entries(values).map(([from, to]) => [from.trim(), to]));
}

function refuseUnknownColumn({ column }: Condition, header: readonly string[]) {
  if (!header.includes(column)) compileTemplate(column, header, 'skip or together');
}

function refuseMissing(states: (field: Field) => boolean, options: ReaderOptions, header: readonly string[]) {
  const missing: string[] = [];
  if (!states('title')) missing.push('title');
  if (!options.isCalendar) {
    if (!states('date_time')) missing.push('date_time');
  }
  if (!states('max_participants')) missing.push('max_participants');
  if (!states('price')) missing.push('price');
  if (!options.hasOwnFacilitator && !states('facilitator_email') && !states('facilitator_name')) {
    missing.push('facilitator_email (or facilitator_name)');
  }
  if (missing.length === 0) return;
  throw new ImportError(
    `Nothing says ${missing.join(', ')}. The file has the columns ${header.join(', ') || '(none)'}. ` +
      'Name the right ones in a mapping ("columns"), or give what holds for every row ("defaults"); docs/import.md shows how.',
  );
}
