import type { Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { giveAccount } from './account-state-queries.ts';
import { endAllSignIns, type OpenedSignIn, openSignIn } from './sign-in.ts';

/**
 * Makes a locked account that of whoever opened its mailbox: their password, the address confirmed, every sign-in
 * ended that somebody had before, and one for this browser.
 */
export async function giveToOwner(
  trx: Transaction<DB>,
  { userId, passwordHash, agent, now }: { userId: number; passwordHash: string; agent: string | undefined; now: Date },
): Promise<OpenedSignIn> {
  await giveAccount(trx, userId, passwordHash);
  await endAllSignIns(trx, userId);
  const opened = await openSignIn(trx, { userId, checkedHash: passwordHash, kind: 'page', agent, now });
  if (!opened) throw new Error(`account ${userId} is gone while it is locked`);
  return opened;
}
