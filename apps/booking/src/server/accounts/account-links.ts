import { BookingError } from '#server/errors.ts';
import { opensLink, PROVE_DAYS, RESET_MINUTES } from '#server/mail/mailed-link.ts';
import type { AccountState } from './account-state-queries.ts';

/** A link as somebody followed it. */
export interface FollowedLink {
  keys: readonly string[];
  token: string;
  now: Date;
}

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

/** Whether a link to confirm an address is this account's newest, and still young enough. */
export function opensProof({ keys, token, now }: FollowedLink, account: AccountState): boolean {
  const { id, email, proveAskedAt } = account;
  if (!proveAskedAt || now.getTime() - proveAskedAt.getTime() > PROVE_DAYS * DAY_MS) return false;
  return opensLink(keys, token, { purpose: 'prove', userId: id, email, askedAt: proveAskedAt });
}

/** Whether a link to choose a new password is this account's newest, unused, and still young enough. */
export function opensReset({ keys, token, now }: FollowedLink, account: AccountState): boolean {
  const { id, email, resetAskedAt, passwordHash } = account;
  if (!resetAskedAt || now.getTime() - resetAskedAt.getTime() > RESET_MINUTES * MINUTE_MS) return false;
  return opensLink(keys, token, { purpose: 'reset', userId: id, email, askedAt: resetAskedAt, password: passwordHash });
}

export function linkEnded(): BookingError {
  return new BookingError('link-ended', 'This link was used, is too old, or a newer one was sent.');
}
