import { hashToken } from '@samaya/platform/opaque-token.ts';
import type { Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { badPasskey } from './check-new-passkey.ts';
import { insertPasskey, type NewPasskey, selectPasskey, setHandle, takeChallenge } from './passkey-queries.ts';

/**
 * Keeps the passkey somebody signed up with. `userId` is the account that was made; without one, as the address was
 * taken, all is checked alike and nothing kept. Refuses with `bad-passkey` one that is known, and an answer sent again.
 */
export async function keepFirstPasskey(
  trx: Transaction<DB>,
  {
    userId,
    challenge,
    handle,
    ...passkey
  }: Omit<NewPasskey, 'userId'> & { userId: number | undefined; challenge: string; handle: string },
): Promise<void> {
  if (!(await takeChallenge(trx, hashToken(challenge)))) throw badPasskey(undefined);
  if (await selectPasskey(trx, passkey.credentialId)) throw badPasskey(undefined);
  if (userId === undefined) return;
  await setHandle(trx, userId, Buffer.from(handle, 'base64url'));
  if (!(await insertPasskey(trx, { ...passkey, userId }))) throw badPasskey(undefined);
}
