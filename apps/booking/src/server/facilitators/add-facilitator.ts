import type { ReadyAnswer } from '@samaya/platform/ready-answer.ts';
import { createProvenUser } from '#server/accounts/create-proven-user.ts';
import { veilBody } from '#server/accounts/veil-body.ts';
import type { BookingApp } from '#server/app.ts';
import type { Origin } from '#server/audit/audit.ts';
import { recordAct } from '#server/audit/record-act.ts';
import { keysOfUser } from '#server/idempotency/key-owner.ts';
import { type RepeatableRequest, withIdempotency } from '#server/idempotency/with-idempotency.ts';
import { type FacilitatorFields, insertFacilitator } from './facilitator-queries.ts';

/**
 * Adds a facilitator; with a password also the proven account they sign in with, as `createProvenUser` says: what an
 * unproven stranger has at the address ends. Without a password no account is made or touched.
 *
 * Answers the 201 response with the facilitator, and the same bytes to a repetition with the same `Idempotency-Key`.
 * Refuses with `email-taken` when the address is another facilitator's, or when a password is given for somebody who
 * has a proven account.
 */
export async function addFacilitator(
  app: Pick<BookingApp, 'db' | 'passwords' | 'config'>,
  { password, ...fields }: FacilitatorFields & { password?: string | undefined },
  { userId, origin, ...request }: Omit<RepeatableRequest, 'owner'> & { userId: number; origin?: Origin },
): Promise<ReadyAnswer> {
  // Before the transaction, which must not wait for it.
  const passwordHash = password === undefined ? undefined : await app.passwords.hash(password);
  const repeatable = { ...request, owner: keysOfUser(userId), rawBody: veilBody(app, request.rawBody) };
  return await withIdempotency(app.db, repeatable, async (trx) => {
    const facilitator = await insertFacilitator(trx, fields);
    if (passwordHash !== undefined) {
      await createProvenUser(trx, { name: fields.name, email: fields.email, passwordHash, isAdmin: false });
    }
    const act = { kind: 'facilitator.added', actorId: userId, facilitatorId: facilitator.id } as const;
    await recordAct(trx, { ...act, details: passwordHash === undefined ? {} : { fields: ['account'] } }, origin);
    return facilitator;
  });
}
