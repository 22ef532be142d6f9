import { CALENDAR_COLUMNS, CALENDAR_FIELDS, readCalendar } from './calendar-source.ts';
import { readCsv } from './csv-source.ts';
import { fileText } from './file-text.ts';
import { RowRefused } from './import-errors.ts';
import { joinRows } from './join-rows.ts';
import { type Mapping, meets } from './mapping.ts';
import { createRowReader } from './row-reader.ts';
import { rowToEvent } from './row-to-event.ts';
import type { EventDraft, Refusal, Skip, SourceRow } from './schedule.ts';

export interface ReadOptions {
  kind: 'csv' | 'calendar';
  mapping: Mapping;
  /** `--zone`; wins over the mapping's. */
  zone: string | undefined;
  /** Of times for which neither `zone` nor the mapping nor the file itself says one; without it they are refused. */
  fallbackZone?: string | undefined;
  studio: { timeZone: string; currency: string };
  /** Rows may leave out the facilitator, because a facilitator imports them. */
  hasOwnFacilitator: boolean;
  /** Series without an end are listed from here; undefined: from their own start. */
  endlessFrom: Temporal.PlainDate | undefined;
  onProgress?: (done: number, total: number) => void;
}

/** A file as drafts of events; nothing has been asked of the database yet. */
export interface Schedule {
  kind: 'csv' | 'calendar';
  source: string | undefined;
  rowCount: number;
  drafts: EventDraft[];
  refused: Refusal[];
  skipped: Skip[];
  notes: string[];
}

const HORIZON = { days: 365, occurrences: 500 };

/** What a file is, by its name. */
export function kindOfFile(name: string): 'csv' | 'calendar' {
  return /\.(ics|ical|ifb|icalendar)$/i.test(name) ? 'calendar' : 'csv';
}

/** Reads a schedule. Throws an ImportError when the file or the mapping as a whole cannot be used. */
export function readSchedule(bytes: Uint8Array, options: ReadOptions): Schedule {
  const { kind, mapping } = options;
  const zone = options.zone ?? mapping.time_zone;
  const text = fileText(bytes, mapping.encoding);
  const isCalendar = kind === 'calendar';
  const source = isCalendar
    ? calendarRows(text, zone, options)
    : { ...readCsv(text, mapping.delimiter), skipped: [], notes: [] };
  const columns: Mapping['columns'] = isCalendar ? { ...CALENDAR_FIELDS, ...mapping.columns } : mapping.columns;
  const reader = createRowReader({ ...mapping, columns }, source.header, {
    isCalendar,
    hasOwnFacilitator: options.hasOwnFacilitator,
  });
  const schedule: Schedule = {
    kind,
    source: mapping.source,
    rowCount: source.rows.length + source.refused.length + source.skipped.length,
    drafts: [],
    refused: [...source.refused],
    skipped: [...source.skipped],
    notes: [...source.notes],
  };
  if (!isCalendar && reader.unusedColumns.length > 0)
    schedule.notes.push(`columns not used: ${reader.unusedColumns.join(', ')}`);
  const together: EventDraft[] = [];
  for (const [index, row] of source.rows.entries()) {
    options.onProgress?.(index, source.rows.length);
    const skip = skipOf(row, mapping);
    if (skip) {
      schedule.skipped.push(skip);
      continue;
    }
    try {
      const draft = rowToEvent(row, { reader, zone: zone ?? options.fallbackZone, studio: options.studio });
      const belongsTogether = mapping.together.some((condition) => meets(condition, row.columns));
      (belongsTogether ? together : schedule.drafts).push(draft);
    } catch (error) {
      if (!(error instanceof RowRefused)) throw error;
      schedule.refused.push({ where: row.where, field: error.field, value: error.value, reason: error.message });
    }
  }
  const joined = joinRows(together);
  schedule.drafts.push(...joined.drafts);
  schedule.refused.push(...joined.refused);
  schedule.notes.push(...joined.notes);
  return schedule;
}

function calendarRows(text: string, zone: string | undefined, options: ReadOptions) {
  const { mapping, studio, endlessFrom, fallbackZone } = options;
  const read = readCalendar(text, {
    zone,
    fallbackZone,
    studioZone: studio.timeZone,
    zones: mapping.zones,
    horizon: { from: endlessFrom, ...HORIZON },
  });
  return { header: [...CALENDAR_COLUMNS], ...read };
}

function skipOf(row: SourceRow, mapping: Mapping): Skip | undefined {
  const rule = mapping.skip.find((one) => meets(one, row.columns));
  return rule && { where: row.where, value: row.columns[rule.column] ?? '', reason: rule.reason };
}
