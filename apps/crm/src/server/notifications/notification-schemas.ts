import { BOOKING_KINDS } from '@samaya/booking-notification/message.ts';
import { rowId, searchText } from '@samaya/platform/text-schema.ts';
import { z } from 'zod';
import type { Notification } from './notification.ts';

const MOST_IDS = 500;
const instant = z.iso.datetime({ offset: true });

export const notificationSchema = z
  .object({
    id: z.int(),
    booking_id: z.int(),
    user_name: z.string(),
    user_email: z.string(),
    event_title: z.string(),
    event_date: instant,
    facilitator_id: z.int(),
    received_at: instant,
    processed: z.boolean(),
    message_id: z.uuid(),
    kind: z.string(),
    version: z.int(),
    superseded: z.boolean(),
    occurred_at: instant,
    status: z.string(),
    seats: z.int(),
    user_id: z.int().nullable(),
    event_id: z.int().nullable(),
    event_type: z.string().nullable(),
    price: z.number().nullable(),
    processed_at: instant.nullable(),
    processed_by: z.int().nullable(),
  })
  .meta({ id: 'BookingNotification' });

/** A notification as JSON has it. */
export type NotificationJson = z.output<typeof notificationSchema>;

/** A notification as JSON sends it: the data model's fields first, in their order. */
export function shapeNotification(row: Notification): NotificationJson {
  return {
    id: row.id,
    booking_id: row.booking_id,
    user_name: row.user_name,
    user_email: row.user_email,
    event_title: row.event_title,
    event_date: row.event_date.toISOString(),
    facilitator_id: row.facilitator_id,
    received_at: row.received_at.toISOString(),
    processed: row.processed,
    message_id: row.message_id,
    kind: row.kind,
    version: row.version,
    superseded: row.superseded,
    occurred_at: row.occurred_at.toISOString(),
    status: row.status,
    seats: row.seats,
    user_id: row.user_id,
    event_id: row.event_id,
    event_type: row.event_type,
    price: row.price,
    processed_at: row.processed_at?.toISOString() ?? null,
    processed_by: row.processed_by,
  };
}

/** A moment: ISO 8601 with offset, or a bare date, which stands for that whole day in `timeZone`. */
const moment = z.union([instant, z.iso.date()], 'is a date, or a date and time with offset');

const pageSize = z
  .string()
  .regex(/^\d{1,3}$/, 'is 1 to 100')
  .transform(Number)
  .refine((value) => value >= 1 && value <= 100, 'is 1 to 100')
  .default(20)
  .meta({ type: 'integer', minimum: 1, maximum: 100, default: 20 });

export const listQuerySchema = z.strictObject({
  processed: z
    .enum(['true', 'false'], 'is true or false')
    .transform((value) => value === 'true')
    .optional(),
  kind: z.enum(BOOKING_KINDS, 'is a kind such as booking.confirmed').optional(),
  event_title: searchText(200).optional(),
  from: moment.optional(),
  to: moment.optional(),
  limit: pageSize,
  after: z.string().max(500, 'is a cursor from an earlier answer').optional(),
});

export const pageSchema = z.object({ items: z.array(notificationSchema), next: z.string().nullable() });

export const processedSchema = z.strictObject({ processed: z.boolean('is true or false') });

export const processManySchema = z.strictObject({
  ids: z
    .array(z.int32('is the id of a notification').positive('is the id of a notification'))
    .min(1, 'has at least one id')
    .max(MOST_IDS, `has ${MOST_IDS} ids at most`),
  processed: z.boolean('is true or false'),
});

export const changedSchema = z.object({ changed: z.array(notificationSchema) });

export const idParams = z.object({ id: rowId });
