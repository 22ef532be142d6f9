import type { Kysely } from 'kysely';
import { findOwnPlace, findVisit } from '#server/bookings/get-visit.ts';
import type { DB } from '#server/database-types.ts';
import type { ClaimedRow } from '#server/notifications/outbox.ts';
import type { MailFacts } from './mail.ts';
import { selectAddressee, selectBookingNews } from './mail-queries.ts';

/** What an outbox row's mail tells of, as it is now. */
export async function loadMailFacts(
  db: Kysely<DB>,
  row: Pick<ClaimedRow, 'user_id' | 'event_id' | 'booking_id' | 'version'>,
): Promise<MailFacts> {
  const { user_id: userId, event_id: eventId, version } = row;
  if (userId === null) return { addressee: undefined, visit: undefined, movedFrom: null, isOutdated: false };
  const addressee = await selectAddressee(db, userId);
  // A mail that somebody asked for names the event; the person's place there is its booking.
  const place = row.booking_id === null && eventId !== null ? await findOwnPlace(db, { userId, eventId }) : undefined;
  const bookingId = row.booking_id ?? place?.id;
  if (bookingId === undefined) return { addressee, visit: undefined, movedFrom: null, isOutdated: false };
  const visit = await findVisit(db, { id: bookingId, userId });
  const news = await selectBookingNews(db, { bookingId, version: version ?? 0 });
  return { addressee, visit, movedFrom: news?.movedFrom ?? null, isOutdated: news?.isOutdated ?? false };
}
