import { z } from 'zod';

const rowId = (what: string) =>
  z
    .string()
    .regex(/^[1-9]\d{0,9}$/, what)
    .transform(Number)
    .refine((value) => value <= 2_147_483_647, what)
    .optional()
    .meta({ type: 'integer', minimum: 1, maximum: 2_147_483_647 });

export const digestQuerySchema = z.object({
  after: rowId('is the id of a booking'),
  facilitator_id: rowId('is the id of a facilitator'),
});

export const newestQuerySchema = digestQuerySchema.extend({ to: rowId('is the id of a booking') });
