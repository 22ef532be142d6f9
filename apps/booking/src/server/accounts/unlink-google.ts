import type { BookingApp } from '#server/app.ts';
import type { Origin } from '#server/audit/audit.ts';
import { BookingError } from '#server/errors.ts';
import { requestMail } from '#server/mail/request-mail.ts';
import { listPasskeys } from '#server/passkeys/list-passkeys.ts';
import { logSecurity } from '#server/security-log.ts';
import { NO_PASSWORD } from './account.ts';
import { lockAccountState } from './account-state-queries.ts';
import { setGoogleId } from './google-account-queries.ts';
import { endAllSignIns, type OpenedSignIn, openSignIn } from './sign-in.ts';

/**
 * Takes the Google sign-in off an account. Every sign-in ends, so that whoever came in by Google is out, this browser
 * gets a new one, and a mail says so. Refuses with `last-way-in` when there is no other way to sign in.
 */
export async function unlinkGoogle(
  { db, log }: Pick<BookingApp, 'db' | 'log'>,
  { userId, agent, now }: { userId: number; agent: string | undefined; now: Date },
  origin?: Origin,
): Promise<OpenedSignIn | undefined> {
  const opened = await db.transaction().execute(async (trx) => {
    const account = await lockAccountState(trx, userId);
    if (!account || account.googleId === null) return undefined;
    // Asked once the account is locked: whoever removes the last passkey meanwhile was before this, or waits for it.
    if (account.passwordHash === NO_PASSWORD && (await listPasskeys(trx, userId)).length === 0) {
      throw new BookingError('last-way-in', 'Choose a password or add a passkey first: Google is your only way in.');
    }
    await setGoogleId(trx, userId, null);
    await endAllSignIns(trx, userId);
    await requestMail(trx, { kind: 'account.google-disconnected', userId });
    // They are signed in: the second step, where there is one, was done.
    const entry = { userId, checkedHash: account.passwordHash, isSecondStepDone: true } as const;
    return await openSignIn(trx, { ...entry, kind: 'page', agent, now });
  });
  if (opened) logSecurity(log, 'google.disconnected', { user_id: userId }, origin);
  return opened;
}
