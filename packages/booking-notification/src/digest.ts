import { createHash } from 'node:crypto';
import { z } from 'zod';
import { bookingMessageSchema } from './message.ts';

/**
 * How the two applications find out whether they agree: each says how many bookings it knows in a range of ids, and a
 * hash over the newest state of each. Ranges are of booking ids, not of days: an id never changes, both sides have an
 * index on it, and CRM knows it even of a booking whose first message it lost, while the day it was booked on stands in
 * that lost message alone.
 */

export const DIGEST_PATH = '/api/v1/booking-notifications/digest';
export const NEWEST_PATH = '/api/v1/booking-notifications/newest';

/** Bookings in one block of a digest; their messages fit into one delivery. */
export const BLOCK_BOOKINGS = 200;
/** Above every id. */
export const LAST_ID = 2_147_483_647;

const id = z.int32().positive();

/** The newest state of a booking, as far as both must agree on it. */
export interface BookingState {
  booking_id: number;
  version: number;
  status: string;
  /** Whose event it is; `null` when nobody knows any more. */
  facilitator_id: number | null;
}

// A confirmed booking has to be with whoever gives the event now. One that has ended stays with whom it was told to:
// nobody is told of it again when the event goes to another facilitator.
function lineOf({ booking_id, version, status, facilitator_id }: BookingState): string {
  return `${booking_id}:${version}:${status}${status === 'confirmed' ? `:${facilitator_id}` : ''}\n`;
}

export function isSameState(one: BookingState, other: BookingState): boolean {
  return lineOf(one) === lineOf(other);
}

/** Count and hash of states, which come in the order of their booking ids. */
export function digestOf(states: readonly BookingState[]): { count: number; hash: string } {
  const hash = createHash('sha256');
  for (const state of states) hash.update(lineOf(state));
  return { count: states.length, hash: hash.digest('hex') };
}

/** What a signed question says in place of a body: its method, path and query. */
export function signedQuestion(address: { pathname: string; search: string }): string {
  return `GET ${address.pathname}${address.search}`;
}

export const digestSchema = z.object({
  /** Without gaps and in order: each covers the ids above `after` up to and with `to`. */
  blocks: z.array(
    z.object({ after: z.int32().nonnegative(), to: id, count: z.int().nonnegative(), hash: z.string().length(64) }),
  ),
  /** From where to ask on; `null` when there is no booking above. */
  next: id.nullable(),
});
export type Digest = z.infer<typeof digestSchema>;

export const newestSchema = z.object({
  bookings: z.array(
    z.object({
      booking_id: id,
      version: z.int().positive(),
      status: z.string(),
      facilitator_id: id.nullable(),
      /** Whether the relay has still to deliver this very version. */
      on_its_way: z.boolean(),
      /** The message that tells of this version; `null` when it cannot be said. */
      message: bookingMessageSchema.nullable(),
    }),
  ),
  next: id.nullable(),
});
export type NewestBookings = z.infer<typeof newestSchema>;
