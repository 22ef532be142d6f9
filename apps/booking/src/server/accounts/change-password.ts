import type { BookingApp } from '#server/app.ts';
import { requestMail } from '#server/mail/request-mail.ts';
import { logSecurity } from '#server/security-log.ts';
import { lockAccountState, updatePassword } from './account-state-queries.ts';
import type { Identity } from './identity.ts';
import { badCredentials, checkCredentials, endAllSignIns, type OpenedSignIn, openSignIn } from './sign-in.ts';

export interface PasswordChange {
  current: string;
  password: string;
  network: string;
  /** What this browser keeps from an earlier sign-in. */
  mark?: string | undefined;
  agent: string | undefined;
  now: Date;
}

/**
 * Changes the password of whoever is signed in and knows the old one. Every sign-in ends and this browser gets a new
 * one; mailed links to choose a password, and a change of address that was on its way, end too, and the person is told
 * by mail. Refuses with `bad-credentials` and, since a wrong password is a try like one at signing in, as `signIn` does.
 */
export async function changePassword(
  app: Pick<BookingApp, 'db' | 'passwords' | 'limits' | 'config' | 'log'>,
  { userId, email }: Pick<Identity, 'userId' | 'email'>,
  { current, password, network, mark, agent, now }: PasswordChange,
): Promise<OpenedSignIn> {
  const checked = await checkCredentials(app, { email: email.toLowerCase(), password: current, network, mark });
  if (checked?.userId !== userId) throw badCredentials();
  const passwordHash = await app.passwords.hash(password);
  const opened = await app.db.transaction().execute(async (trx) => {
    const account = await lockAccountState(trx, userId);
    if (account?.passwordHash !== checked.checkedHash) throw badCredentials();
    await updatePassword(trx, userId, passwordHash);
    await endAllSignIns(trx, userId);
    await requestMail(trx, { kind: 'account.password-changed', userId });
    // They are signed in: the second step, where there is one, was done.
    const entry = { userId, checkedHash: passwordHash, isSecondStepDone: true } as const;
    const opened = await openSignIn(trx, { ...entry, kind: 'page', agent, now });
    if (!opened) throw new Error(`account ${userId} is gone while it is locked`);
    return opened;
  });
  logSecurity(app.log, 'password.changed', { user_id: userId }, { network });
  return opened;
}
