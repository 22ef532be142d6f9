import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Links that travel by mail. Their secret is computed, not kept: a key that is not in the database signs what the link
 * is for and the state it was asked in. When that state changes (another address, a newer link, a new password) the
 * link opens nothing any more, and a copied database opens nothing at all.
 */
export type MailedLink =
  /** Confirms an address. `askedAt` is `users.prove_asked_at`. */
  | { purpose: 'prove'; userId: number; email: string; askedAt: Date }
  /** Chooses a new password. `askedAt` is `users.reset_asked_at`, `password` the hash that it replaces. */
  | { purpose: 'reset'; userId: number; email: string; askedAt: Date; password: string }
  /** Gives an account the address it was sent to. `askedAt` is `users.new_email_asked_at`, `password` as above. */
  | { purpose: 'address'; userId: number; email: string; newEmail: string; askedAt: Date; password: string }
  /** Manages a booking that was made without an account. */
  | { purpose: 'guest'; bookingId: number; userId: number; email: string };

/** Days within which an address can be confirmed. */
export const PROVE_DAYS = 7;
/** Minutes within which a password can be chosen anew. */
export const RESET_MINUTES = 60;

/** Minutes within which a new address can be taken. */
export const ADDRESS_MINUTES = 60;

/** The last part of a link's address: the id of what it is about, and the proof. `keys`: the first one signs. */
export function tokenOf(keys: readonly string[], link: MailedLink): string {
  return `${subjectOf(link)}.${proofOf(keys[0] ?? '', link)}`;
}

/** Whether `token` is the one of this link, by any of the keys. */
export function opensLink(keys: readonly string[], token: string, link: MailedLink): boolean {
  const given = Buffer.from(token);
  return keys.some((key) => {
    const right = Buffer.from(`${subjectOf(link)}.${proofOf(key, link)}`);
    return given.length === right.length && timingSafeEqual(given, right);
  });
}

/** What a token claims to be about, to look it up and then ask `opensLink`; `undefined` when it is none of ours. */
export function subjectOfToken(token: string): number | undefined {
  const id = /^([1-9]\d{0,9})\.[\w-]{43}$/.exec(token)?.[1];
  return id !== undefined && Number(id) <= 2_147_483_647 ? Number(id) : undefined;
}

function subjectOf(link: MailedLink): number {
  return link.purpose === 'guest' ? link.bookingId : link.userId;
}

function proofOf(key: string, link: MailedLink): string {
  return createHmac('sha256', key)
    .update(['mailed link', link.purpose, subjectOf(link), link.email, ...stateOf(link)].join('\n'))
    .digest('base64url');
}

function stateOf(link: MailedLink): string[] {
  if (link.purpose === 'guest') return [String(link.userId)];
  const askedAt = link.askedAt.toISOString();
  if (link.purpose === 'prove') return [askedAt];
  return link.purpose === 'reset' ? [askedAt, link.password] : [askedAt, link.password, link.newEmail];
}
