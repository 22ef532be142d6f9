import type { Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { dropPasskeys } from '#server/passkeys/drop-passkeys.ts';
import { type AccountState, giveAccount } from './account-state-queries.ts';
import { enterAccount } from './enter-account.ts';
import type { FirstStep } from './first-step.ts';
import { endAllSignIns, type OpenedSignIn } from './sign-in.ts';

/**
 * Makes a locked account that of whoever opened its mailbox: their password, the address confirmed, every sign-in
 * ended that somebody had before, and one for this browser. Two-step sign-in stays: a mailbox is one step, and this
 * browser is asked for the second.
 */
export async function giveToOwner(
  trx: Transaction<DB>,
  {
    account: { id: userId, isProven },
    passwordHash,
    agent,
    now,
  }: { account: Pick<AccountState, 'id' | 'isProven'>; passwordHash: string; agent: string | undefined; now: Date },
): Promise<OpenedSignIn | FirstStep> {
  // Somebody who only typed the address may have left one; those of its owner stay.
  if (!isProven) await dropPasskeys(trx, userId);
  await giveAccount(trx, userId, passwordHash);
  await endAllSignIns(trx, userId);
  return await enterAccount(trx, { userId, checkedHash: passwordHash, agent, now });
}
