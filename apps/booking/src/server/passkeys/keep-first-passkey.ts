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
  // The same statements for nobody: they find no row.
  await setHandle(trx, userId ?? null, Buffer.from(handle, 'base64url'));
  const isKept = await insertPasskey(trx, { ...passkey, userId: userId ?? null });
  if (userId !== undefined && !isKept) throw badPasskey(undefined);
}
