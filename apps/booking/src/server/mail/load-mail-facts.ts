import type { Kysely } from 'kysely';
import { findOwnPlace, findVisit } from '#server/bookings/get-visit.ts';
import type { DB } from '#server/database-types.ts';
import type { ClaimedRow } from '#server/notifications/outbox.ts';
import type { MailFacts } from './mail.ts';
import { hasLaterMail, selectAddressee, selectElsewhere } from './mail-queries.ts';

/** What an outbox row's mail tells of, as it is now. */
export async function loadMailFacts(
  db: Kysely<DB>,
  row: Pick<ClaimedRow, 'occurred_at' | 'user_id' | 'event_id' | 'booking_id' | 'version' | 'recipient'>,
): Promise<MailFacts> {
  const { user_id: userId, event_id: eventId, booking_id: bookingId, version, recipient } = row;
  const none = {
    occurredAt: row.occurred_at,
    addressee: undefined,
    elsewhere: undefined,
    visit: undefined,
    isOutdated: false,
  };
  if (userId === null) return none;
  const addressee = await selectAddressee(db, userId);
  if (recipient !== null) {
    return { ...none, addressee, elsewhere: await selectElsewhere(db, { email: recipient, userId }) };
  }
  if (bookingId !== null && version !== null) {
    const visit = await findVisit(db, { id: bookingId, userId });
    return { ...none, addressee, visit, isOutdated: await hasLaterMail(db, { bookingId, version }) };
  }
  // A mail that somebody asked for names the event; the person's place there is its booking.
  const place = eventId === null ? undefined : await findOwnPlace(db, { userId, eventId });
  return { ...none, addressee, visit: place && (await findVisit(db, { id: place.id, userId })) };
}
