import { randomBytes } from 'node:crypto';
import { PlatformError } from '@samaya/platform/platform-error.ts';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import type { BookingApp } from '#server/app.ts';
import { selectHandle, selectPasskeysOf } from './passkey-queries.ts';
import { type PasskeySite, passkeySite } from './passkey-site.ts';

/** How long a browser has for what it is asked. */
const TIMEOUT_MS = 5 * 60_000;
const HANDLE_BYTES = 32;

/** A request for a new passkey, and by what its authenticator is to know the person. */
export interface NewPasskeyRequest {
  options: PublicKeyCredentialCreationOptionsJSON;
  handle: string;
}

/** What to ask a browser so that a person who signs up, or is signed in as `userId`, gets a new passkey. */
export async function askForNewPasskey(
  { db, config }: Pick<BookingApp, 'db' | 'config'>,
  { userId, name, email, studio }: { userId?: number; name: string; email: string; studio: string },
): Promise<NewPasskeyRequest> {
  const site = requirePasskeySite(config);
  const known = userId === undefined ? [] : await selectPasskeysOf(db, userId);
  const handle = (userId === undefined ? null : await selectHandle(db, userId)) ?? randomBytes(HANDLE_BYTES);
  const options = await generateRegistrationOptions({
    rpName: studio,
    rpID: site.id,
    userName: email,
    userDisplayName: name,
    userID: new Uint8Array(handle),
    timeout: TIMEOUT_MS,
    attestationType: 'none',
    excludeCredentials: known.map(({ credentialId }) => ({ id: credentialId.toString('base64url') })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  return { options, handle: handle.toString('base64url') };
}

/** What to ask a browser so that somebody signs in with whatever passkey they have here; it names nobody. */
export async function askForPasskey({
  config,
}: Pick<BookingApp, 'config'>): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const site = requirePasskeySite(config);
  return await generateAuthenticationOptions({ rpID: site.id, userVerification: 'required', timeout: TIMEOUT_MS });
}

export function requirePasskeySite(config: BookingApp['config']): PasskeySite {
  const site = passkeySite(config);
  // Its pages show no button.
  if (!site) throw new PlatformError('not-found', 'There are no passkeys at an address that is a bare IP.');
  return site;
}
