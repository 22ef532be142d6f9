import { BOOKING_KINDS } from '@samaya/booking-notification/message.ts';
import { oneLine, rowId } from '@samaya/platform/text-schema.ts';
import { z } from 'zod';

/** What of the inbox is looked at. */
export const INBOX_VIEWS = ['todo', 'processed', 'all'] as const;
export type InboxView = (typeof INBOX_VIEWS)[number];

const MOST_IDS = 500;

const filterSchemas = {
  kind: z.enum(BOOKING_KINDS, 'Choose one of the list.'),
  event_title: oneLine(200),
  from: z.iso.date('Write a date such as 2026-12-01.'),
  to: z.iso.date('Write a date such as 2026-12-01.'),
} as const;

export interface InboxFilter {
  kind?: string | undefined;
  event_title?: string | undefined;
  /** Received on this day or later, up to and with `to`: bare dates in the studio's zone. */
  from?: string | undefined;
  to?: string | undefined;
}

/** What an address asks of the inbox. A filter that cannot be understood is left out and named in `faults`. */
export interface InboxSearch {
  view: InboxView;
  filter: InboxFilter;
  after: string | undefined;
  faults: Partial<Record<keyof InboxFilter, string>>;
}

/** Reads the query of the inbox's address; `get` gives a parameter's value. */
export function parseInboxSearch(get: (name: string) => string | null): InboxSearch {
  const filter: InboxFilter = {};
  const faults: InboxSearch['faults'] = {};
  for (const name of Object.keys(filterSchemas) as (keyof InboxFilter)[]) {
    const given = get(name)?.trim();
    if (!given) continue;
    const parsed = filterSchemas[name].safeParse(given);
    if (parsed.success) filter[name] = parsed.data;
    else faults[name] = parsed.error.issues[0]?.message ?? 'cannot be read';
  }
  const view = INBOX_VIEWS.find((known) => known === get('view')) ?? 'todo';
  return { view, filter, after: get('after') ?? undefined, faults };
}

/** Which notifications to mark, and how. */
export interface Mark {
  ids: number[];
  processed: boolean;
}

/**
 * Reads `done`, `todo`, or either with the ids it is about (`done.12.13`): what a button of the inbox stands for, and
 * how an address tells what was just marked. `undefined` when it is anything else.
 */
export function parseMark(text: string | null): Mark | undefined {
  const [way, ...ids] = (text ?? '').split('.');
  if ((way !== 'done' && way !== 'todo') || ids.length > MOST_IDS) return undefined;
  const parsed = z.array(rowId).safeParse(ids);
  return parsed.success ? { processed: way === 'done', ids: [...new Set(parsed.data)] } : undefined;
}
