import { decodeCursor, pageOf } from '@samaya/platform/cursor.ts';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { DB } from '#server/database-types.ts';
import type { Notification } from './notification.ts';
import { listNotificationRows } from './notification-queries.ts';

const cursorSchema = z.tuple([z.int32()]);
const DATE_ONLY = /^\d{4}-\d{2}-\d{2}$/;

export interface NotificationSearch {
  processed?: boolean | undefined;
  kind?: string | undefined;
  event_title?: string | undefined;
  /** Received then or later, up to and with `to`: moments, or bare dates in the studio's zone. */
  from?: string | undefined;
  to?: string | undefined;
  limit: number;
  after?: string | undefined;
}

/** A page of a facilitator's notifications, newest first. Refuses a cursor that is not ours. */
export async function listNotifications(
  db: Kysely<DB>,
  { facilitatorId, timeZone }: { facilitatorId: number; timeZone: string },
  search: NotificationSearch,
): Promise<{ items: Notification[]; next: string | null }> {
  const rows = await listNotificationRows(db, {
    facilitatorId,
    processed: search.processed,
    kind: search.kind,
    eventTitle: search.event_title,
    ...receivedBetween(search, timeZone),
    beforeId: search.after === undefined ? undefined : decodeCursor(search.after, cursorSchema)[0],
    limit: search.limit + 1,
  });
  return pageOf(rows, search.limit, (last) => [last.id]);
}

/** The moments between which a search asks for what was received: from the first on, before the second. */
export function receivedBetween(
  { from, to }: Pick<NotificationSearch, 'from' | 'to'>,
  timeZone: string,
): { from: Date | undefined; before: Date | undefined } {
  return {
    from: from === undefined ? undefined : startOf(from, timeZone),
    before: to === undefined ? undefined : endOf(to, timeZone),
  };
}

function startOf(moment: string, timeZone: string): Date {
  if (!DATE_ONLY.test(moment)) return new Date(moment);
  return new Date(Temporal.PlainDate.from(moment).toZonedDateTime(timeZone).epochMilliseconds);
}

// The end is inclusive: the whole day, or the whole millisecond.
function endOf(moment: string, timeZone: string): Date {
  if (!DATE_ONLY.test(moment)) return new Date(Date.parse(moment) + 1);
  return new Date(Temporal.PlainDate.from(moment).add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds);
}
