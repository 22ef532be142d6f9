import { verifyRegistrationResponse } from '@simplewebauthn/server';
import type { BookingApp } from '#server/app.ts';
import { BookingError } from '#server/errors.ts';
import { requirePasskeySite } from './ask-for-passkey.ts';
import type { NewPasskey } from './passkey-queries.ts';
import type { NewCredential } from './passkey-schemas.ts';

/**
 * What is kept of a new passkey, once it is shown that a device of this moment made it for this site and asked its
 * owner who they are. Refuses with `bad-passkey`.
 */
export async function checkNewPasskey(
  config: BookingApp['config'],
  { credential, challenge }: { credential: NewCredential; challenge: string },
): Promise<Pick<NewPasskey, 'credentialId' | 'publicKey' | 'counter'>> {
  const site = requirePasskeySite(config);
  const checked = await verifyRegistrationResponse({
    response: credential,
    expectedChallenge: challenge,
    expectedOrigin: site.origin,
    expectedRPID: site.id,
    requireUserVerification: true,
  }).catch((cause: unknown) => {
    throw badPasskey(cause);
  });
  if (!checked.verified) throw badPasskey(undefined);
  const { id, publicKey, counter } = checked.registrationInfo.credential;
  return { credentialId: Buffer.from(id, 'base64url'), publicKey: Buffer.from(publicKey), counter };
}

export function badPasskey(cause: unknown): BookingError {
  return new BookingError('bad-passkey', 'This passkey did not work here. Try again, or sign in another way.', {
    cause,
  });
}
