import type { BookingApp } from '#server/app.ts';
import { moveAssistant } from '#server/assistants/move-assistant.ts';
import { moveFacilitator } from '#server/facilitators/move-facilitator.ts';
import { requestMail } from '#server/mail/request-mail.ts';
import { logSecurity } from '#server/security-log.ts';
import { addressGivenBy, linkEnded } from './account-links.ts';
import { lockAccountState, updateEmail } from './account-state-queries.ts';
import { enterAccount } from './enter-account.ts';
import { findNewAddress } from './find-new-address.ts';
import type { FirstStep } from './first-step.ts';
import type { ProofOfOwnership } from './prove-address.ts';
import { badCredentials, checkCredentials, endAllSignIns, type OpenedSignIn } from './sign-in.ts';

/**
 * Gives an account the address that a mailed link was sent to, once: the address counts as confirmed, every sign-in
 * ends and this browser gets one, or is asked for the code of two-step sign-in, and the old address is told. The link alone is not enough: its reader may never have
 * wanted the account, which would then be a stranger's with their address. The facilitator of an address that was
 * confirmed moves along, and so do the rights of an assistant.
 *
 * Refuses with `link-ended`, with `bad-credentials` for whoever does not show that the account is theirs, with
 * `email-taken` when somebody has the address by now, and as `signIn` does when there were too many tries.
 */
export async function changeAddress(
  app: Pick<BookingApp, 'db' | 'config' | 'passwords' | 'limits' | 'log'>,
  {
    token,
    owner,
    agent,
    now,
  }: {
    token: string;
    owner: Exclude<ProofOfOwnership, { by: 'sign-up' }>;
    agent: string | undefined;
    now: Date;
  },
): Promise<OpenedSignIn | FirstStep> {
  const found = await findNewAddress(app, { token, now });
  if (!found) throw linkEnded();
  const checked =
    owner.by === 'password'
      ? await checkCredentials(app, { ...owner, email: found.email.toLowerCase() })
      : { userId: owner.userId };
  if (checked?.userId !== found.id) throw badCredentials();
  const opened = await app.db.transaction().execute(async (trx) => {
    const account = await lockAccountState(trx, found.id);
    // A password that was replaced meanwhile ended the link.
    const email = account && addressGivenBy({ keys: app.config.cookieKeys, token, now }, account);
    if (!account || email === undefined) throw linkEnded();
    await updateEmail(trx, account.id, email);
    if (account.isProven) {
      await moveFacilitator(trx, { from: account.email, to: email });
      await moveAssistant(trx, { from: account.email, to: email });
    }
    await endAllSignIns(trx, account.id);
    await requestMail(trx, { kind: 'account.address-changed', userId: account.id, recipient: account.email });
    const { id: userId, passwordHash: checkedHash } = account;
    return await enterAccount(trx, { userId, checkedHash, isSecondStepDone: owner.by === 'sign-in', agent, now });
  });
  logSecurity(app.log, 'address.changed', { user_id: found.id });
  return opened;
}
