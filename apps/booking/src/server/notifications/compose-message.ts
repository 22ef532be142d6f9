import { type Message, messageSchema } from '@samaya/booking-notification/message.ts';
import type { ClaimedRow } from './outbox.ts';

/** A message ready to go, or why it can never be said. */
export type Composed = { message: Message; fault?: undefined } | { message?: undefined; fault: string };

/** What of a row is said. */
export type SayableRow = Omit<ClaimedRow, 'attempts' | 'refusals' | 'refused_since' | 'last_error' | 'recipient'>;

/** Says a row in the words of the contract. What happened is the row's; names and dates are those of now. */
export function composeMessage(row: SayableRow): Composed {
  const parsed = messageSchema.safeParse(wordsOf(row));
  if (parsed.success) return { message: parsed.data };
  return { fault: `cannot be said: ${faultOf(row)}` };
}

function wordsOf(row: SayableRow): object {
  const what = { message_id: row.id, kind: row.kind, occurred_at: iso(row.occurred_at) };
  if (row.booking_id !== null) {
    return {
      ...what,
      version: row.version,
      booking_id: row.booking_id,
      user_name: row.user_name,
      user_email: row.user_email,
      event_title: row.event_title,
      event_date: iso(row.event_date),
      facilitator_id: row.facilitator_id,
      user_id: row.user_id,
      event_id: row.event_id,
      event_type: row.event_type,
      seats: row.seats,
      status: row.status,
      price: row.price,
    };
  }
  if (row.kind === 'facilitator.changed') {
    return {
      ...what,
      facilitator_id: row.facilitator_id,
      facilitator_name: row.facilitator_name,
      facilitator_email: row.facilitator_email,
    };
  }
  if (row.kind === 'user.erased' || row.kind === 'user.signed_out') return { ...what, user_id: row.user_id };
  return { ...what, user_id: row.user_id, user_name: row.user_name, user_email: row.user_email };
}

// PostgreSQL's 'infinity' arrives as a number and has no day.
function iso(moment: Date | number | null): string | null {
  return moment instanceof Date ? moment.toISOString() : null;
}

function faultOf(row: SayableRow): string {
  if (row.user_id !== null && row.user_name === null) return `user ${row.user_id} is gone`;
  if (row.event_id !== null && row.event_title === null) return `event ${row.event_id} is gone`;
  if (row.kind === 'facilitator.changed' && row.facilitator_name === null) return 'the facilitator is gone';
  const lacking = Object.entries(wordsOf(row)).find(([, value]) => value === null || value === '');
  return lacking ? `${lacking[0]} has no usable value` : `its ${row.kind} does not fit the contract`;
}
