import { oneLine, paragraphs, rowId, searchText } from '@samaya/platform/text-schema.ts';
import { z } from 'zod';
import { isTimeZone } from '#server/time-zone.ts';
import { EVENT_TYPES, TIMES_OF_DAY, type TimeOfDay } from './event.ts';

// A year and a day in minutes; longer than any retreat.
const DURATION_MOST = 527_040;
const PLACES_MOST = 100_000;
const PRICE_MOST = 1e9;
const DESCRIPTION_MOST = 10_000;
const SEARCH_MOST = 200;

/** A moment with its offset, from 1970 to 9999; the seconds may be left out. */
const moment = z
  .string('is a moment with its offset, such as 2026-12-07T18:30:00+01:00')
  .transform((value) => value.replace(/(T\d\d:\d\d)(Z|[+-]\d\d:\d\d)$/, '$1:00$2'))
  .pipe(z.iso.datetime({ offset: true, error: 'is a moment with its offset, such as 2026-12-07T18:30:00+01:00' }))
  .transform((value) => new Date(value))
  .refine(isInReach, 'is a moment from 1970 to 9999')
  .meta({ type: 'string', format: 'date-time' });

const price = z
  .number('is a number')
  .min(0, 'is 0 or more')
  .max(PRICE_MOST, `is ${PRICE_MOST} at most`)
  .refine((value) => Number(value.toFixed(2)) === value, 'has two decimals at most')
  .meta({ type: 'number', minimum: 0, maximum: PRICE_MOST, multipleOf: 0.01 });

const timeZone = z
  .string('is a time zone such as Europe/Lisbon')
  .refine(isTimeZone, 'is a time zone such as Europe/Lisbon');

const wholeNumber = (least: number, most: number) =>
  z
    .number(`is a whole number from ${least} to ${most}`)
    .refine(
      (value) => Number.isInteger(value) && value >= least && value <= most,
      `is a whole number from ${least} to ${most}`,
    )
    .meta({ type: 'integer', minimum: least, maximum: most });

const eventFields = {
  title: oneLine(200),
  description: paragraphs(DESCRIPTION_MOST),
  event_type: z.enum(EVENT_TYPES, 'is session or retreat'),
  date_time: moment,
  duration: wholeNumber(1, DURATION_MOST).meta({ description: 'Minutes.' }),
  max_participants: wholeNumber(0, PLACES_MOST).meta({ description: '0 means that nobody can book.' }),
  price: price.meta({ description: 'For one seat, in `currency`.' }),
  facilitator_id: z.int32('is the id of a facilitator').positive('is the id of a facilitator'),
  is_active: z.boolean('is true or false'),
  time_zone: timeZone.meta({ description: 'On which clock the event is read. By default the studio’s.' }),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'is a three-letter code such as EUR')
    .meta({ description: 'By default the studio’s.' }),
  place: oneLine(200).nullable(),
  online: z.boolean('is true or false'),
  practice: oneLine(100).nullable(),
  level: oneLine(100).nullable(),
  summary: oneLine(300).nullable(),
};

export const newEventSchema = z.strictObject({
  ...eventFields,
  facilitator_id: eventFields.facilitator_id.optional().meta({ description: 'A facilitator may leave it out.' }),
  is_active: eventFields.is_active.optional(),
  time_zone: eventFields.time_zone.optional(),
  currency: eventFields.currency.optional(),
  place: eventFields.place.optional(),
  online: eventFields.online.optional(),
  practice: eventFields.practice.optional(),
  level: eventFields.level.optional(),
  summary: eventFields.summary.optional(),
});

export const eventChangesSchema = z.strictObject(eventFields).partial();

export const eventParams = z.object({ id: rowId });

const instant = z.iso.datetime({ offset: true });

export const eventSchema = z.object({
  id: z.int(),
  title: z.string(),
  description: z.string(),
  event_type: z.enum(EVENT_TYPES),
  date_time: instant,
  duration: z.int().meta({ description: 'Minutes.' }),
  max_participants: z.int(),
  price: z.number(),
  facilitator_id: z.int(),
  is_active: z.boolean(),
  seats_taken: z.int(),
  seats_left: z.int(),
  time_zone: z.string(),
  currency: z.string(),
  place: z.string().nullable(),
  online: z.boolean(),
  practice: z.string().nullable(),
  level: z.string().nullable(),
  summary: z.string().nullable(),
  slug: z.string().meta({ description: 'Words for the address of the page, /e/{id}-{slug}.' }),
  facilitator: z.object({ id: z.int(), name: z.string() }),
  cancelled_at: instant.nullable(),
});

export const eventListSchema = z.object({ items: z.array(eventSchema), next: z.string().nullable() });

/** A page's size, in a query. */
const limit = z
  .string()
  .regex(/^\d{1,3}$/, 'is 1 to 100')
  .transform(Number)
  .refine((value) => value >= 1 && value <= 100, 'is 1 to 100')
  .default(20)
  .meta({ type: 'integer', minimum: 1, maximum: 100, default: 20 });
const after = z.string().max(500, 'is too long').optional();

export const pageQuery = z.object({ limit, after });

// One end of a span of time: a moment, or a whole day on the studio's clock.
const momentOrDay = z
  .string()
  .transform((value, context) => {
    if (z.iso.date().safeParse(value).success && value >= '1970') return value;
    // A plus sign that was not encoded arrives as a space.
    const parsed = moment.safeParse(value.replace(/ (\d\d:\d\d)$/, '+$1'));
    if (parsed.success) return parsed.data;
    context.addIssue('is a day such as 2026-12-07, or a moment with its offset, from 1970 to 9999');
    return z.NEVER;
  })
  .meta({
    type: 'string',
    anyOf: [{ format: 'date' }, { format: 'date-time' }],
    description: 'A day on the studio’s clock, itself included, or a moment with its offset.',
  });

const trueOrFalse = z
  .enum(['true', 'false'], 'is true or false')
  .transform((value) => value === 'true')
  .optional();

const timesOfDay = Object.keys(TIMES_OF_DAY) as [TimeOfDay, ...TimeOfDay[]];

export const eventListQuery = z.object({
  event_type: z.enum(EVENT_TYPES, 'is session or retreat').optional(),
  practice: searchText(100)
    .transform((value) => value.trim())
    .optional()
    .meta({ description: 'The whole practice, in any case and accents.' }),
  level: searchText(100)
    .transform((value) => value.trim())
    .optional()
    .meta({ description: 'The whole level, in any case and accents.' }),
  facilitator_id: z
    .string()
    .regex(/^[1-9]\d{0,9}$/, 'is the id of a facilitator')
    .transform(Number)
    .refine((value) => value <= 2_147_483_647, 'is the id of a facilitator')
    .optional()
    .meta({ type: 'integer', minimum: 1, maximum: 2_147_483_647 }),
  from: momentOrDay.optional(),
  to: momentOrDay.optional(),
  time_of_day: z.enum(timesOfDay, 'is morning, afternoon or evening').optional().meta({
    description:
      'When it starts on the event’s own clock: morning from 4:00, afternoon from 12:00, evening from 17:00 to 4:00.',
  }),
  q: searchText(SEARCH_MOST).optional().meta({
    description:
      'Words that must all occur, in any case and accents, in title, summary, description, practice, place or the facilitator’s name.',
  }),
  price_max: z
    .string()
    .regex(/^\d{1,10}(\.\d{1,2})?$/, 'is a price such as 25 or 17.50')
    .transform(Number)
    .optional()
    .meta({ type: 'number', minimum: 0 }),
  online: trueOrFalse.meta({
    type: 'boolean',
    description: 'Only what can be joined from anywhere, or only what cannot.',
  }),
  available: trueOrFalse.meta({ type: 'boolean', description: 'true: only events with a free seat.' }),
  sort: z.enum(['date_time'], 'is date_time').optional(),
  limit,
  after,
});

function isInReach(value: Date): boolean {
  const year = value.getUTCFullYear();
  return year >= 1970 && year <= 9999;
}
