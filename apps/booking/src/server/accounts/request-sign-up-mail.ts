import type { Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { requestMail } from '#server/mail/request-mail.ts';
import { isGuest } from './account.ts';
import { type AccountState, lockAccountAt, noteLinkAsked } from './account-state-queries.ts';

/**
 * Has the mail sent that answers a sign-up, or answers it again: a link to confirm the address for the account that
 * this very sign-up made (`madeId`), a link to choose a password for a guest, and to everybody else who has the
 * address that they have an account.
 */
export async function requestSignUpMail(
  trx: Transaction<DB>,
  { email, madeId }: { email: string; madeId: number | undefined },
): Promise<void> {
  const account = await lockAccountAt(trx, email);
  const userId = account?.id ?? null;
  const kind = kindFor(account, madeId);
  // The same statements whoever it is, and for nobody: those that are not meant find no row.
  await noteLinkAsked(trx, kind === 'account.known' ? null : userId, kind === 'account.prove' ? 'prove' : 'reset');
  await requestMail(trx, { kind, userId });
}

function kindFor(account: AccountState | undefined, madeId: number | undefined) {
  if (!account) return 'account.known';
  if (isGuest(account)) return 'account.reset';
  return account.id === madeId && !account.isProven ? 'account.prove' : 'account.known';
}
