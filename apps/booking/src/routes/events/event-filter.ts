import type { z } from 'zod';
import { eventListQuery } from '#server/events/event-schemas.ts';
import { addDays, firstOfMonth, lastOfMonth, weekOf } from '../../words/calendar-days.ts';
import { CHIPS } from './event-list-texts.ts';

type Query = z.output<typeof eventListQuery>;

/** What is asked for in the address of a list of events. What cannot be read is left out, not refused. */
export interface EventQuery extends Partial<Omit<Query, 'sort' | 'limit' | 'from' | 'to'>> {
  /** Whole days on the studio's clock. */
  from?: string;
  to?: string;
}

const FIELDS = [
  'q',
  'event_type',
  'practice',
  'level',
  'facilitator_id',
  'from',
  'to',
  'time_of_day',
  'price_max',
  'online',
  'available',
  'after',
] as const;

// Between these, weeks and months have neighbours that can be written.
const DAYS = { first: '1970-03-01', last: '9999-10-01' };

export function readEventQuery(params: URLSearchParams): EventQuery {
  const read: Record<string, unknown> = {};
  for (const field of FIELDS) {
    const typed = params.get(field)?.trim();
    if (!typed) continue;
    const parsed = eventListQuery.shape[field].safeParse(typed);
    if (parsed.success && isReadable(field, parsed.data)) read[field] = parsed.data;
  }
  return read as EventQuery;
}

function isReadable(field: string, value: unknown): boolean {
  if (field !== 'from' && field !== 'to') return true;
  return typeof value === 'string' && value >= DAYS.first && value <= DAYS.last;
}

/** What is asked for, as the use cases take it. */
export function searchOf({ q, after: _, ...filter }: EventQuery) {
  return { search: q ?? '', filter };
}

export type View = 'list' | 'week' | 'month';

export function readView(params: URLSearchParams): View {
  const view = params.get('view');
  return view === 'week' || view === 'month' ? view : 'list';
}

/** What is asked for, with the days that a view shows, whatever else is asked for. */
export function spanOf(query: EventQuery, view: View, today: string): EventQuery {
  const day = query.from ?? today;
  if (view === 'list') return query;
  if (view === 'month') return { ...query, from: firstOfMonth(day), to: lastOfMonth(day) };
  const [from = day, to = day] = [weekOf(day)[0], weekOf(day)[6]];
  return { ...query, from, to };
}

/** The address of a list like the one at hand, with changes; `undefined` takes a field away, and paging starts anew. */
export function addressWith(params: URLSearchParams, changes: Readonly<Record<string, string | undefined>>): string {
  const changed = new URLSearchParams(params);
  for (const [field, value] of Object.entries({ after: undefined, ...changes })) {
    if (value === undefined) changed.delete(field);
    else changed.set(field, value);
  }
  for (const [field, value] of [...changed]) if (value === '') changed.delete(field);
  return changed.size > 0 ? `/events?${changed}` : '/events';
}

export interface DateChip {
  name: keyof typeof CHIPS;
  label: string;
  from: string;
  to: string;
}

/** Spans of days that people ask for. */
export function dateChips(today: string): DateChip[] {
  const sunday = weekOf(today)[6] ?? today;
  const saturday = addDays(sunday, -1);
  const spans = {
    today: { from: today, to: today },
    // On a Sunday the weekend is what is left of it.
    weekend: { from: today > saturday ? today : saturday, to: sunday },
    week: { from: today, to: addDays(today, 6) },
  };
  return (Object.keys(CHIPS) as DateChip['name'][]).map((name) => ({ name, label: CHIPS[name], ...spans[name] }));
}
