import { oneLine } from '@samaya/platform/text-schema.ts';
import { z } from 'zod';
import { accountEmail } from '#server/accounts/account-schemas.ts';

const base64url = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[\w-]*$/);
const credential = z.object({
  id: base64url(1400).min(1),
  rawId: base64url(1400),
  type: z.literal('public-key'),
  clientExtensionResults: z.object({}).catch({}),
});

/** A new passkey as browsers tell of it, in JSON: what is needed of it, and no more. */
export const newCredentialSchema = credential.extend({
  response: z.object({ clientDataJSON: base64url(4000), attestationObject: base64url(16_000) }),
});

/** What a passkey signed. */
export const signedSchema = credential.extend({
  response: z.object({
    clientDataJSON: base64url(4000),
    authenticatorData: base64url(4000),
    signature: base64url(8000),
    userHandle: base64url(100)
      .nullish()
      .transform((handle) => handle ?? undefined),
  }),
});

export type NewCredential = z.infer<typeof newCredentialSchema>;
export type SignedChallenge = z.infer<typeof signedSchema>;

export const PASSKEY_NAME_MOST = 60;
export const passkeyName = oneLine(PASSKEY_NAME_MOST);

export const passkeySignUpSchema = z.strictObject({ name: oneLine(100), email: accountEmail });
