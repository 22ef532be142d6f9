import { emailAddress, oneLine, saidPassword, searchText } from '@samaya/platform/text-schema.ts';
import { z } from 'zod';
import { characters, ERASED_DOMAIN, PASSWORD_LEAST, PASSWORD_MOST } from './account.ts';
import { isEasilyGuessed } from './easily-guessed.ts';

const instant = z.iso.datetime({ offset: true });
const anyPassword = saidPassword(PASSWORD_MOST);

/** A password somebody chooses: its length counts, not what it is made of, but not one that is tried first. */
export const newPassword = anyPassword
  .refine((value) => characters(value) >= PASSWORD_LEAST, `has ${PASSWORD_LEAST} characters at least`)
  .refine((value) => !isEasilyGuessed(value), 'is among the first that others try')
  .meta({ type: 'string', minLength: PASSWORD_LEAST, maxLength: PASSWORD_MOST, format: 'password' });

/** The address of an account. */
export const accountEmail = emailAddress.refine(
  (value) => !value.endsWith(`@${ERASED_DOMAIN}`),
  'is an address that can receive mail',
);

export const signUpSchema = z.strictObject({ name: oneLine(100), email: accountEmail, password: newPassword });

export const credentialsSchema = z.strictObject({
  email: emailAddress,
  password: anyPassword,
});

/** The same with the code of who signs in in two steps. */
export const codedCredentialsSchema = credentialsSchema.extend({
  code: searchText(64)
    .optional()
    .meta({ description: 'Of the app, six digits, or a recovery code; for accounts with two-step sign-in.' }),
});

export const renameSchema = z.strictObject({ name: oneLine(100).optional() });

export const userSchema = z.object({ id: z.int(), name: z.string(), email: z.string(), created_at: instant });

export const personSchema = userSchema.extend({
  is_admin: z.boolean(),
  facilitator_id: z
    .int()
    .nullable()
    .meta({ description: 'The facilitator of the same address, once it is confirmed.' }),
});

export const signedInSchema = z.object({ token: z.string(), expires_at: instant, user: personSchema });

export const crmSignedInSchema = z.object({
  user: z.object({ id: z.int(), name: z.string(), email: z.string() }),
  facilitator: z.object({ id: z.int(), name: z.string() }),
});

/** Everything kept about a person. Its fields are named after the tables they come from. */
export const personalDataSchema = z.object({
  exported_at: instant,
  users: z.object({
    id: z.int(),
    name: z.string(),
    email: z.string(),
    google_id: z.string().nullable(),
    created_at: instant,
    proven_at: instant.nullable(),
    is_admin: z.boolean(),
    disabled_at: instant.nullable(),
    prove_asked_at: instant.nullable(),
    reset_asked_at: instant.nullable(),
    new_email: z.string().nullable(),
    new_email_asked_at: instant.nullable(),
    two_step_since: instant.nullable(),
  }),
  recovery_codes: z
    .array(z.object({ used_at: instant.nullable() }))
    .meta({ description: 'Each good for one sign-in in place of the app; only their hashes are kept.' }),
  passkeys: z.array(z.object({ name: z.string(), added_at: instant, last_used_at: instant.nullable() })),
  facilitators: z.array(
    z.object({
      id: z.int(),
      name: z.string(),
      email: z.string(),
      bio: z.string().nullable(),
      specialties: z.string().nullable(),
      created_at: instant,
    }),
  ),
  bookings: z.array(
    z.object({
      id: z.int(),
      event_id: z.int(),
      event_title: z.string(),
      event_date: instant,
      booking_date: instant,
      status: z.string(),
      seats: z.int(),
    }),
  ),
  sign_ins: z.array(
    z.object({
      kind: z.string(),
      agent: z.string().nullable(),
      name: z.string().nullable(),
      scopes: z.array(z.string()).nullable(),
      created_at: instant,
      last_seen_at: instant,
      expires_at: instant,
    }),
  ),
  outbox: z
    .array(
      z.object({
        destination: z.string(),
        kind: z.string(),
        occurred_at: instant,
        delivered_at: instant.nullable(),
        recipient: z.string().nullable(),
      }),
    )
    .meta({ description: 'Messages about this person: `crm` to the facilitators’ application, `mail` to the person.' }),
  oidc_records: z
    .array(z.object({ model: z.string(), expires_at: instant.nullable() }))
    .meta({ description: 'Sign-ins to other applications that are on their way.' }),
  assistants: z
    .array(z.object({ facilitator_name: z.string(), added_at: instant }))
    .meta({ description: 'The facilitators whom you assist.' }),
  audit_trail: z
    .array(z.object({ at: instant, kind: z.string(), done: z.string(), network: z.string().nullable() }))
    .meta({ description: 'What you did to others as an admin or facilitator, and what admins did to your account.' }),
});
