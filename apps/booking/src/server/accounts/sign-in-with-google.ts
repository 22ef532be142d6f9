import type { BookingApp } from '#server/app.ts';
import type { GooglePerson } from '#server/google/google-person.ts';
import { logSecurity } from '#server/security-log.ts';
import { findGoogleAccount, googleRefused } from './find-google-account.ts';
import { type OpenedSignIn, openSignIn } from './sign-in.ts';

/**
 * Signs in whom Google vouches for; who is new gets an account. Which account that is, `findGoogleAccount` decides and
 * refuses. Refuses with `too-many-requests` like `signIn`.
 */
export async function signInWithGoogle(
  app: Pick<BookingApp, 'db' | 'limits' | 'log'>,
  { person, network, agent, now }: { person: GooglePerson; network: string; agent: string | undefined; now: Date },
): Promise<OpenedSignIn & { userId: number }> {
  await app.limits('sign-in-network', network);
  const opened = await app.db.transaction().execute(async (trx) => {
    const account = await findGoogleAccount(trx, person);
    const signIn = await openSignIn(trx, { ...account, kind: 'page', agent, now });
    if (!signIn) throw googleRefused();
    return { ...signIn, userId: account.userId };
  });
  logSecurity(app.log, 'sign_in.ok', { user_id: opened.userId, kind: 'page', way: 'google' }, { network });
  return opened;
}
