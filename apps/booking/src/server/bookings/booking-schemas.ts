import { rowId } from '@samaya/platform/text-schema.ts';
import { z } from 'zod';
import { BOOKING_STATUSES } from './booking.ts';

const instant = z.iso.datetime({ offset: true });

// Numbers beyond what a row can have are no fault of form: the event is not found, the seats are too many.
export const newBookingSchema = z.strictObject({
  event_id: z.int('is the id of an event').positive('is the id of an event'),
  seats: z.int('is a whole number').min(1, 'is 1 or more').default(1),
});

export const bookingSchema = z.object({
  id: z.int(),
  user_id: z.int(),
  event_id: z.int(),
  booking_date: instant,
  status: z.enum(BOOKING_STATUSES),
  seats: z.int(),
});

export const bookingListSchema = z.object({ items: z.array(bookingSchema), next: z.string().nullable() });

export const rosterSchema = z.object({
  items: z.array(
    z.object({
      id: z.int(),
      user_id: z.int(),
      user_name: z.string(),
      user_email: z.string(),
      seats: z.int(),
      status: z.enum(BOOKING_STATUSES),
      booking_date: instant,
    }),
  ),
  next: z.string().nullable(),
});

export const bookingParams = z.object({ id: rowId });

export const bookingPageQuery = z.object({
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'is 1 to 100')
    .transform(Number)
    .refine((value) => value >= 1 && value <= 100, 'is 1 to 100')
    .default(20)
    .meta({ type: 'integer', minimum: 1, maximum: 100, default: 20 }),
  after: z.string().max(500, 'is too long').optional(),
});
