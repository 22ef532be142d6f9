import type { Scope } from './access-token.ts';

/** Who a request comes from, read from data at that moment, so a right taken away is gone at once. */
export interface Identity {
  userId: number;
  name: string;
  email: string;
  /** Whether the address was confirmed; rights that hang on an address count only then. */
  isProven: boolean;
  isAdmin: boolean;
  /** The facilitator of the same, proven, address. */
  facilitatorId: number | null;
  /** The facilitators whom this person assists, on pages; a program's token is nobody's assistant. */
  assists: readonly number[];
  /** The sign-in that brought the request. */
  signInId: number;
  /** What the access token that brought it may do; `null` for a sign-in, which may do all that its person may. */
  scopes: readonly Scope[] | null;
}
