import { decodeCursor, pageOf } from '@samaya/platform/cursor.ts';
import { searchText } from '@samaya/platform/text-schema.ts';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Identity } from '#server/accounts/identity.ts';
import type { DB } from '#server/database-types.ts';
import type { Event } from '#server/events/event.ts';
import { getAssistedEvent } from '#server/events/get-event.ts';
import { wordsOf } from '#server/search-words.ts';
import type { RosterEntry } from './booking-queries.ts';
import { type RosterFigures, selectGone, selectRosterByName, selectRosterFigures } from './roster-queries.ts';

const GONE_MOST = 200;

const cursorSchema = z.tuple([searchText(500), z.int32().positive()]);

/** An event with who is on its list. */
export interface Roster {
  event: Event;
  figures: RosterFigures;
  /** Who has a place, or waits for one, by name. */
  here: RosterEntry[];
  next: string | null;
  /** Whose booking has ended, the newest first; on the first page only. */
  gone: RosterEntry[];
}

/**
 * A page of an event's list by name, for who runs it or assists at it, else `forbidden` or `not-found`. `search` is words that must all
 * occur in name or address, in any case and accents. `bad-request` for a cursor that is not ours.
 */
export async function getRosterByName(
  db: Kysely<DB>,
  options: { eventId: number; search: string; after: string | undefined; limit: number },
  actor: Identity,
): Promise<Roster> {
  const { eventId, limit } = options;
  const event = await getAssistedEvent(db, eventId, actor);
  const after = options.after === undefined ? undefined : decodeCursor(options.after, cursorSchema);
  const words = wordsOf(options.search);
  const [figures, rows, gone] = await Promise.all([
    selectRosterFigures(db, eventId),
    selectRosterByName(db, { eventId, words, after, limit: limit + 1 }),
    after ? [] : selectGone(db, { eventId, words, limit: GONE_MOST }),
  ]);
  const { items, next } = pageOf(rows, limit, (last) => [last.sortName, last.id]);
  return { event, figures, here: items, next, gone };
}
