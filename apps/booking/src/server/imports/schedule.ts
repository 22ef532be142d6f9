import type { Wall } from './wall-clock.ts';

/**
 * An import reads somebody's schedule (CSV or iCalendar) and makes it events here. Each row of the file becomes a
 * draft of an event, is skipped because the mapping says so, or is refused with the line, the value and the reason.
 */

/** One row of a file: a CSV record, or one occurrence of a calendar's event. */
export interface SourceRow {
  /** Where a person finds it, e.g. `line 12`. */
  where: string;
  columns: Record<string, string>;
  /** Calendars say the time by themselves, the columns of a CSV file are read with the mapping. */
  time?: RowTime;
  /** What the file itself calls this row, e.g. a calendar's UID and day; stays when other values change. */
  identity?: string[];
}

export interface RowTime {
  start: Wall;
  /** Absent: the mapping's duration says how long it lasts. */
  end: Wall | undefined;
}

/** What a row says about an event. A field that is absent is not the file's business and left alone. */
export interface EventDraft {
  where: string;
  title: string;
  description: string;
  event_type: 'session' | 'retreat';
  start: Wall;
  /** The end as a wall time too, or the minutes it lasts. */
  end: Wall | { minutes: number };
  max_participants: number;
  price: number;
  currency?: string;
  facilitator: DraftFacilitator;
  is_active?: boolean;
  place?: string;
  online?: boolean;
  practice?: string;
  level?: string;
  summary?: string;
  /** What makes it the same row on the second run; undefined: facilitator, title and local time. */
  same?: string[];
  /** The single days, when several rows were put together into one event. */
  days?: { start: Wall; end: Wall }[];
  notes: string[];
}

export interface DraftFacilitator {
  name?: string;
  email?: string;
  /** The address was made from the name, so two names at one address are two people. */
  isDerived: boolean;
}

/** A row that cannot become an event. */
export interface Refusal {
  where: string;
  field: string;
  value: string;
  reason: string;
}

/** A row the mapping leaves out, or the calendar has cancelled. */
export interface Skip {
  where: string;
  value: string;
  reason: string;
}
