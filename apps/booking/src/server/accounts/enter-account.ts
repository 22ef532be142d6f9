import type { Kysely } from 'kysely';
import type { BookingApp } from '#server/app.ts';
import type { DB } from '#server/database-types.ts';
import { logSecurity } from '#server/security-log.ts';
import { findTwoStep } from '#server/two-step/find-two-step.ts';
import { type FirstStep, firstStepOf } from './first-step.ts';
import {
  badCredentials,
  type CheckedCredentials,
  type Credentials,
  checkCredentials,
  type OpenedSignIn,
  openSignIn,
} from './sign-in.ts';
import { strengthenHash } from './strengthen-hash.ts';

/**
 * Lets a browser in whose person passed the first step, by password or whatever stands for it: opens a sign-in, or,
 * where a code is asked for, answers the step for the page that asks. Refuses with `bad-credentials` when the account
 * was erased or got another password meanwhile.
 */
export async function enterAccount(
  db: Kysely<DB>,
  entry: CheckedCredentials & { isSecondStepDone?: boolean; agent: string | undefined; now: Date },
): Promise<OpenedSignIn | FirstStep> {
  const opened = await openSignIn(db, { ...entry, kind: 'page' });
  if (opened) return opened;
  if (!(await findTwoStep(db, entry.userId))) throw badCredentials();
  return firstStepOf(entry);
}

/** The same by address and password; it refuses as `signIn` does. */
export async function enterByPassword(
  app: Pick<BookingApp, 'db' | 'passwords' | 'limits' | 'config' | 'log'>,
  { agent, now, ...credentials }: Credentials & { agent: string | undefined; now: Date },
): Promise<{ userId: number; email: string; entered: OpenedSignIn | FirstStep }> {
  const checked = await checkCredentials(app, credentials);
  if (!checked) throw badCredentials();
  const { userId } = checked;
  const checkedHash = await strengthenHash(app, checked, credentials.password);
  const entered = await enterAccount(app.db, { userId, checkedHash, agent, now });
  if ('token' in entered) logSecurity(app.log, 'sign_in.ok', { user_id: userId, kind: 'page' }, credentials);
  return { userId, email: credentials.email, entered };
}
