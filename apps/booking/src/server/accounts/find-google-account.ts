import { oneLine } from '@samaya/platform/text-schema.ts';
import type { Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { BookingError } from '#server/errors.ts';
import type { GooglePerson } from '#server/google/google-person.ts';
import { requestMail } from '#server/mail/request-mail.ts';
import { dropPasskeys } from '#server/passkeys/drop-passkeys.ts';
import { NO_PASSWORD } from './account.ts';
import { accountEmail } from './account-schemas.ts';
import { giveAccount, lockAccountAt, lockAccountState, noteLinkAsked } from './account-state-queries.ts';
import { findUserOfGoogle, insertGoogleUser, lockGoogleAccount, setGoogleId } from './google-account-queries.ts';
import { type CheckedCredentials, endAllSignIns } from './sign-in.ts';

/**
 * The account that somebody at Google may sign in to, locked. It is known by Google's `sub`; the address only finds an
 * account that has none yet, and only where Google runs its mailbox. Refuses with `google-unproven` when Google does
 * not vouch for an address, with `google-known` when the account at the address must be signed in to first.
 */
export async function findGoogleAccount(
  trx: Transaction<DB>,
  person: GooglePerson,
): Promise<CheckedCredentials & { isNewlyTied?: boolean }> {
  await lockGoogleAccount(trx, person.sub);
  const known = await findUserOfGoogle(trx, person.sub);
  if (known !== undefined) {
    const account = await lockAccountState(trx, known);
    if (!account) throw googleRefused();
    return { userId: account.id, checkedHash: account.passwordHash };
  }
  const email = addressOf(person);
  return (await findByAddress(trx, person, email)) ?? (await addAccount(trx, person, email));
}

/** Ties the account at the address to this person: theirs if it is proven, made theirs if nobody proved it. */
async function findByAddress(
  trx: Transaction<DB>,
  { sub, vouching }: GooglePerson,
  email: string,
): Promise<(CheckedCredentials & { isNewlyTied: true }) | undefined> {
  const found = await lockAccountAt(trx, email);
  if (!found) return undefined;
  // Another Google account of a proven address may be its former owner's, or the present owner's of a domain sold on.
  if (vouching !== 'owner' || (found.isProven && found.googleId !== null)) throw googleKnown();
  if (found.isProven) {
    await setGoogleId(trx, found.id, sub);
    await requestMail(trx, { kind: 'account.google-connected', userId: found.id });
    return { userId: found.id, checkedHash: found.passwordHash, isNewlyTied: true };
  }
  // A guest's, or a stranger's who typed the address first: what they had ends.
  await dropPasskeys(trx, found.id);
  await giveAccount(trx, found.id, NO_PASSWORD);
  await setGoogleId(trx, found.id, sub);
  await endAllSignIns(trx, found.id);
  return { userId: found.id, checkedHash: NO_PASSWORD, isNewlyTied: true };
}

async function addAccount(
  trx: Transaction<DB>,
  { sub, name, vouching }: GooglePerson,
  email: string,
): Promise<CheckedCredentials> {
  const isProven = vouching === 'owner';
  const called = oneLine(100).safeParse(name).data ?? email.slice(0, email.indexOf('@'));
  const userId = await insertGoogleUser(trx, { name: called, email, sub, isProven });
  // Somebody took the address this very moment.
  if (userId === undefined) throw googleKnown();
  if (!isProven) {
    await noteLinkAsked(trx, userId, 'prove');
    await requestMail(trx, { kind: 'account.prove', userId });
  }
  return { userId, checkedHash: NO_PASSWORD };
}

function addressOf({ email = '', vouching }: GooglePerson): string {
  // Nothing is made of it but lower case: what only becomes a known address by normalising is another address.
  const address = /^[\x21-\x7e]+$/.test(email) ? accountEmail.safeParse(email).data : undefined;
  if (address !== undefined && vouching !== 'never') return address;
  throw new BookingError(
    'google-unproven',
    'Google has not confirmed the address of this account. Sign up with your address and a password; we send you a mail to confirm it.',
  );
}

/** The account was disabled. */
export function googleRefused(): BookingError {
  return new BookingError('google-refused', 'This account cannot be signed in to. Ask the studio.');
}

function googleKnown(): BookingError {
  return new BookingError(
    'google-known',
    'There is an account with this address that this Google account does not open. Sign in with its password, or choose a new one by mail; then connect Google on the page of your account.',
  );
}
