/**
 * A person's account. Whoever signs up is not proven yet: the address was typed, not confirmed. Rights that hang on
 * an address (`ADMIN_EMAILS`, the facilitator of the same address) count for proven people only.
 */
export interface Person {
  id: number;
  name: string;
  email: string;
  created_at: Date;
  is_admin: boolean;
  /** The facilitator of the same, proven, address. */
  facilitator_id: number | null;
}

/** Days a sign-in lasts. */
export const SIGN_IN_DAYS = 30;

/** Days after which a page's sign-in ends that nobody used. */
export const IDLE_DAYS = 7;

/** The same for who organises or assists, and so sees others' names and addresses: unused, and however much it was used. */
export const ORGANISER_IDLE_HOURS = 24;
export const ORGANISER_DAYS = 7;

export const PASSWORD_LEAST = 10;
export const PASSWORD_MOST = 128;

/** What stands where a password's hash stands for somebody who has none: no password matches it. */
export const NO_PASSWORD = '!';

/**
 * Whether an account is no more than an address somebody booked with: nobody chose a password or another way in,
 * nobody proved the address. Whoever opens its mailbox makes it theirs.
 */
export function isGuest({
  passwordHash,
  hasOtherWayIn,
  isProven,
}: {
  passwordHash: string;
  /** By Google or a passkey. */
  hasOtherWayIn: boolean;
  isProven: boolean;
}): boolean {
  return passwordHash === NO_PASSWORD && !hasOtherWayIn && !isProven;
}

/** Addresses of erased accounts end so; nobody signs up with one, or an erasure could meet its address taken. */
export const ERASED_DOMAIN = 'deleted.invalid';

/** What is left of an erased account: a row for the organiser's numbers, and nobody in it. */
export function erasedAs(userId: number) {
  return { name: 'Deleted person', email: `deleted-${userId}@${ERASED_DOMAIN}` };
}

/** Length as people count it: a flag or an accented letter may be several UTF-16 units. */
export function characters(text: string): number {
  return [...text].length;
}
