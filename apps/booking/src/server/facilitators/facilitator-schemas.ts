import { emailAddress, oneLine, paragraphs, rowId } from '@samaya/platform/text-schema.ts';
import { z } from 'zod';
import { accountEmail, newPassword } from '#server/accounts/account-schemas.ts';

const BIO_MOST = 10_000;

const bio = paragraphs(BIO_MOST).nullable();
const specialties = oneLine(200).nullable();

export const facilitatorSchema = z.object({
  id: z.int(),
  name: z.string(),
  bio: z.string().nullable(),
  specialties: z.string().nullable(),
});

export const facilitatorListSchema = z.object({ items: z.array(facilitatorSchema), next: z.string().nullable() });

export const facilitatorParams = z.object({ id: rowId });

export const facilitatorListQuery = z.object({
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'is 1 to 100')
    .transform(Number)
    .refine((value) => value >= 1 && value <= 100, 'is 1 to 100')
    .meta({ type: 'integer', minimum: 1, maximum: 100, default: 20 })
    .optional(),
  after: z.string().max(500, 'is too long').optional(),
});

export const newFacilitatorSchema = z.strictObject({
  name: oneLine(100),
  email: accountEmail,
  bio: bio.optional(),
  specialties: specialties.optional(),
  password: newPassword.optional(),
});

export const facilitatorChangesSchema = z.strictObject({
  name: oneLine(100).optional(),
  email: emailAddress.optional(),
  bio: bio.optional(),
  specialties: specialties.optional(),
});
