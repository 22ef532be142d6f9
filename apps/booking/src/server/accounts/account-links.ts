import { BookingError } from '#server/errors.ts';
import { ADDRESS_MINUTES, opensLink, PROVE_DAYS, RESET_MINUTES } from '#server/mail/mailed-link.ts';
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

/** The address that a link gives an account: the newest one asked for, and still young enough. */
export function addressGivenBy({ keys, token, now }: FollowedLink, account: AccountState): string | undefined {
  const { id: userId, email, passwordHash: password, newEmail, newEmailAskedAt: askedAt } = account;
  if (newEmail === null || !askedAt || now.getTime() - askedAt.getTime() > ADDRESS_MINUTES * MINUTE_MS)
    return undefined;
  const opens = opensLink(keys, token, { purpose: 'address', userId, email, newEmail, askedAt, password });
  return opens ? newEmail : undefined;
}

export function linkEnded(): BookingError {
  return new BookingError('link-ended', 'This link was used, is too old, or a newer one was sent.');
}
