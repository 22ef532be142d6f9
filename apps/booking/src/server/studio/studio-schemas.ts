import { oneLine, paragraphs } from '@samaya/platform/text-schema.ts';
import { z } from 'zod';
import { isTimeZone } from '#server/time-zone.ts';

const TERMS_MOST = 10_000;

/** What an admin can set of the studio. Without a word the terms are none. */
export const studioSchema = z.strictObject({
  name: oneLine(100),
  timeZone: z.string().refine(isTimeZone, 'is a time zone such as Europe/Lisbon'),
  currency: z
    .string()
    .transform((value) => value.trim().toUpperCase())
    .refine((value) => Intl.supportedValuesOf('currency').includes(value), 'is a code such as EUR'),
  terms: paragraphs(TERMS_MOST).transform((value) => (value === '' ? null : value)),
});
