import { createHash } from 'node:crypto';
import { BLOCK_BOOKINGS, type NewestBookings } from '@samaya/booking-notification/digest.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { composeMessage } from './compose-message.ts';
import { listNewest, type NewestRow } from './digest-queries.ts';

/**
 * The newest state of each booking in a range of ids, with the message that tells of it: the very one, as long as the
 * outbox has it, so that whoever has it already knows it again; else one made anew.
 */
export async function readNewest(
  db: Kysely<DB>,
  range: { after: number; to: number; facilitatorId: number | undefined },
): Promise<NewestBookings> {
  const rows = await listNewest(db, { ...range, limit: BLOCK_BOOKINGS });
  const last = rows.length === BLOCK_BOOKINGS ? rows.at(-1)?.booking_id : undefined;
  return { bookings: rows.map(shapeNewest), next: last === undefined || last >= range.to ? null : last };
}

function shapeNewest(row: NewestRow): NewestBookings['bookings'][number] {
  const { booking_id, version, status, facilitator_id, on_its_way } = row;
  const { message } = composeMessage({ ...row, id: row.id ?? idOfVersion(booking_id, version) });
  const isAboutBooking = message !== undefined && 'booking_id' in message;
  return { booking_id, version, status, facilitator_id, on_its_way, message: isAboutBooking ? message : null };
}

// The same each time, so that it is stored once however often it is asked for. A UUID of version 8: our own making.
function idOfVersion(bookingId: number, version: number): string {
  const hex = createHash('sha256').update(`samaya booking ${bookingId} version ${version}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
