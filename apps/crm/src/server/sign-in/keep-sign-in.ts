import { createToken } from '@samaya/platform/opaque-token.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { CrmError } from '#server/errors.ts';
import { insertSignIn, lockSignOut, readClock, type SignInKind } from './sign-in-queries.ts';

/** What booking said of somebody, and since when that is known here. */
export interface VouchedFor {
  userId: number;
  facilitator: { id: number; name: string };
  /** From `beginSignIn`, before booking was asked. */
  begunAt: Date;
}

/** The moment before booking is asked who somebody is. */
export async function beginSignIn(db: Kysely<DB>): Promise<Date> {
  return await readClock(db);
}

/**
 * Keeps a sign-in and answers its secret. Refuses with `bad-credentials` when booking said since it was begun that
 * every sign-in of this person has ended: what it vouched for before then no longer holds.
 */
export async function keepSignIn(
  db: Kysely<DB>,
  { userId, facilitator, begunAt, kind, hours }: VouchedFor & { kind: SignInKind; hours: number },
): Promise<{ token: string; expiresAt: Date }> {
  const { token, hash } = createToken();
  return await db.transaction().execute(async (trx) => {
    if (Number(await lockSignOut(trx, userId)) >= begunAt.getTime()) {
      throw new CrmError('bad-credentials', 'Your sign-ins were ended at this very moment. Sign in again.');
    }
    const expiresAt = await insertSignIn(trx, {
      secretHash: hash,
      kind,
      userId,
      facilitatorId: facilitator.id,
      facilitatorName: facilitator.name,
      hours,
    });
    return { token, expiresAt };
  });
}
