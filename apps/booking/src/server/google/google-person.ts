import { z } from 'zod';

/**
 * How far Google vouches for an address. `owner`: it runs the mailbox, so who signs in is who reads it now. `once`: it
 * saw this person read the mailbox some day, and it may be another's by now. `never`: it was only typed.
 */
export type Vouching = 'owner' | 'once' | 'never';

/** Who Google says somebody is. Only `sub` stays the same; name and address are what it says today. */
export interface GooglePerson {
  sub: string;
  name: string | undefined;
  email: string | undefined;
  vouching: Vouching;
}

const claimsSchema = z.object({
  sub: z.string().min(1).max(100),
  name: z.string().optional().catch(undefined),
  email: z.string().optional().catch(undefined),
  // The boolean alone: "false" in quotes counts as true in too many places.
  email_verified: z.unknown().optional(),
  hd: z.unknown().optional(),
});

const GMAIL = /@(gmail|googlemail)\.com$/i;

/** Who the claims of an ID token speak of. Throws when they name nobody. */
export function personFromClaims(claims: unknown): GooglePerson {
  const { sub, name, email, email_verified: isVerified, hd } = claimsSchema.parse(claims);
  return { sub, name, email, vouching: vouchingFor(email ?? '', { isVerified, hd }) };
}

// As Google advises: it answers for Gmail, and for domains it hosts (`hd`); other addresses it saw confirmed once.
function vouchingFor(email: string, { isVerified, hd }: { isVerified: unknown; hd: unknown }): Vouching {
  if (isVerified !== true) return 'never';
  const isHosted = typeof hd === 'string' && hd !== '' && email.toLowerCase().endsWith(`@${hd.toLowerCase()}`);
  return isHosted || GMAIL.test(email) ? 'owner' : 'once';
}
