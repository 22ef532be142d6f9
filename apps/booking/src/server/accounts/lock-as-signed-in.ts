import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { type AccountState, lockAccountState } from './account-state-queries.ts';
import { selectHoldsSignIn } from './sign-in-queries.ts';

/**
 * The account of somebody who is signed in, locked. Refuses with `unauthenticated` when that sign-in has ended since the
 * request began, which may be long ago: whoever ended it, by a new password say, must not find another way in afterwards.
 */
export async function lockAsSignedIn(
  trx: Transaction<DB>,
  { userId, signInId }: { userId: number; signInId: number },
): Promise<AccountState> {
  const account = await lockAccountState(trx, userId);
  if (account && (await selectHoldsSignIn(trx, { id: signInId, userId }))) return account;
  throw new PlatformError('unauthenticated', 'You were signed out meanwhile, so nothing was changed. Sign in again.');
}
