import type { z } from 'zod';
import { eventListQuery } from '#server/events/event-schemas.ts';
import { clockFormat } from '../../words/clock-format.ts';

const ISO_DAY = clockFormat({ year: 'numeric', month: '2-digit', day: '2-digit' }, 'en-CA');

type Query = z.output<typeof eventListQuery>;

/** What is asked for in the address of a list of events. What cannot be read is left out, not refused. */
export type EventQuery = Partial<Omit<Query, 'sort' | 'limit'>>;

const FIELDS = [
  'q',
  'event_type',
  'practice',
  'facilitator_id',
  'from',
  'to',
  'time_of_day',
  'price_max',
  'available',
  'after',
] as const;

const DAY_LONG = 86_400_000;

export function readEventQuery(params: URLSearchParams): EventQuery {
  const read: Record<string, unknown> = {};
  for (const field of FIELDS) {
    const typed = params.get(field)?.trim();
    if (!typed) continue;
    const parsed = eventListQuery.shape[field].safeParse(typed);
    if (parsed.success) read[field] = parsed.data;
  }
  return read as EventQuery;
}

/** The same address without a field; paging starts anew. */
export function without(params: URLSearchParams, ...fields: string[]): string {
  const rest = new URLSearchParams(params);
  for (const field of [...fields, 'after']) rest.delete(field);
  for (const [field, value] of [...rest]) if (value === '') rest.delete(field);
  return rest.toString();
}

export interface DateChip {
  label: string;
  from: string;
  to: string;
  query: string;
}

/** Spans of days that people ask for, on the studio's clock. */
export function dateChips(now: Date, timeZone: string): DateChip[] {
  const day = (ahead: number) => ISO_DAY(timeZone).format(new Date(now.getTime() + ahead * DAY_LONG));
  const weekday = new Date(`${day(0)}T00:00:00Z`).getUTCDay();
  // On a Sunday the weekend is today; else the coming Saturday, or this one.
  const saturday = weekday === 0 ? 0 : 6 - weekday;
  const sunday = weekday === 0 ? 0 : 7 - weekday;
  return [
    { label: 'Today', from: day(0), to: day(0) },
    { label: 'Weekend', from: day(saturday), to: day(sunday) },
    { label: 'Next 7 days', from: day(0), to: day(6) },
  ].map(({ label, from, to }) => ({ label, from, to, query: new URLSearchParams({ from, to }).toString() }));
}
