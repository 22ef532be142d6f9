import { z } from 'zod';

/**
 * The contract between the two applications. Field names are the data model's, unchanged.
 * A notification is one change of one booking; `version` orders the changes of a booking, `message_id` is the
 * only key for recognising a message that arrives again.
 */

export const BOOKING_KINDS = [
  'booking.confirmed',
  'booking.cancelled',
  'booking.waitlisted',
  'booking.offered',
  'booking.expired',
  'booking.attended',
  'booking.no_show',
  'booking.changed',
  'event.changed',
  'event.cancelled',
] as const;

export const PEOPLE_KINDS = ['facilitator.changed', 'user.changed', 'user.erased', 'user.signed_out'] as const;

// Measured in characters, as PostgreSQL measures varchar.
const text = (max: number) =>
  z.string().refine((value) => value !== '' && [...value].length <= max, `has 1 to ${max} characters`);
const id = z.int32().positive();
const instant = z.iso.datetime({ offset: true });

export const bookingMessageSchema = z.object({
  message_id: z.uuid(),
  kind: z.enum(BOOKING_KINDS),
  version: z.int().positive(),
  occurred_at: instant,
  booking_id: id,
  user_name: text(100),
  user_email: text(120),
  event_title: text(200),
  event_date: instant,
  facilitator_id: id,
  user_id: id,
  event_id: id,
  event_type: z.enum(['session', 'retreat']),
  seats: z.int().positive(),
  status: text(20),
  price: z.number().nonnegative(),
});

export const facilitatorChangedSchema = z.object({
  message_id: z.uuid(),
  kind: z.literal('facilitator.changed'),
  occurred_at: instant,
  facilitator_id: id,
  facilitator_name: text(100),
  facilitator_email: text(120),
});

export const userChangedSchema = z.object({
  message_id: z.uuid(),
  kind: z.literal('user.changed'),
  occurred_at: instant,
  user_id: id,
  user_name: text(100),
  user_email: text(120),
});

export const userErasedSchema = z.object({
  message_id: z.uuid(),
  kind: z.literal('user.erased'),
  occurred_at: instant,
  user_id: id,
});

/** Every sign-in of a person ended at booking: they signed out everywhere, or their way in changed. */
export const userSignedOutSchema = z.object({
  message_id: z.uuid(),
  kind: z.literal('user.signed_out'),
  occurred_at: instant,
  user_id: id,
});

export const messageSchema = z.union([
  bookingMessageSchema,
  facilitatorChangedSchema,
  userChangedSchema,
  userErasedSchema,
  userSignedOutSchema,
]);

export type BookingMessage = z.infer<typeof bookingMessageSchema>;
export type Message = z.infer<typeof messageSchema>;

/** What one POST carries: `{ "notifications": [ … ] }`. Each is judged by itself, so one bad one spoils no other. */
export const deliverySchema = z.object({ notifications: z.array(z.unknown()).min(1).max(200) });

export const OUTCOMES = ['stored', 'duplicate', 'superseded', 'rejected'] as const;

/** What the receiver answers: one outcome per message, in the order sent; a reason with `rejected`. */
export const deliveryAnswerSchema = z.object({
  outcomes: z.array(
    z.object({
      message_id: z.string(),
      outcome: z.enum(OUTCOMES),
      reason: z.string().optional(),
    }),
  ),
});
export type DeliveryAnswer = z.infer<typeof deliveryAnswerSchema>;

/** Bytes and messages in one POST at most; the receiver's limit is above it. */
export const DELIVERY_MAX_MESSAGES = 200;
export const DELIVERY_MAX_BYTES = 512 * 1024;
export const INTAKE_MAX_BYTES = 1024 * 1024;
