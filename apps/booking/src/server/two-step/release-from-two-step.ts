import { PlatformError } from '@samaya/platform/platform-error.ts';
import { getListedPerson } from '#server/accounts/get-listed-person.ts';
import type { Identity } from '#server/accounts/identity.ts';
import { endAllSignIns } from '#server/accounts/sign-in.ts';
import type { BookingApp } from '#server/app.ts';
import type { Origin } from '#server/audit/audit.ts';
import { recordAct } from '#server/audit/record-act.ts';
import { requestMail } from '#server/mail/request-mail.ts';
import { logSecurity } from '#server/security-log.ts';
import { clearTwoStep } from './two-step-queries.ts';

/**
 * Switches two-step sign-in off for somebody who lost both app and recovery codes, on behalf of an admin who knows
 * that it is they. Every sign-in of theirs ends, and a mail says so. Refuses with `not-found`, and with `forbidden`
 * for oneself: that takes a code.
 */
export async function releaseFromTwoStep(
  app: Pick<BookingApp, 'db' | 'config' | 'log'>,
  userId: number,
  actor: Identity,
  origin?: Origin,
): Promise<void> {
  if (!actor.isAdmin) throw new PlatformError('forbidden', 'Only admins may do this.');
  if (userId === actor.userId) {
    throw new PlatformError('forbidden', 'You switch off your own on its page, with a code.');
  }
  await getListedPerson(app, userId);
  const isChanged = await app.db.transaction().execute(async (trx) => {
    if (!(await clearTwoStep(trx, userId))) return false;
    await endAllSignIns(trx, userId);
    await recordAct(trx, { kind: 'person.two_step_off', actorId: actor.userId, userId }, origin);
    await requestMail(trx, { kind: 'account.two-step-off', userId });
    return true;
  });
  if (isChanged) logSecurity(app.log, 'two_step.off', { user_id: userId, by: actor.userId }, origin);
}
