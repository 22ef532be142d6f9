import type { BookingApp } from '#server/app.ts';
import { replaceHash } from './sign-in-queries.ts';

/** A hash of today's cost instead of a weaker one, while the password is at hand; answers the one that is kept. */
export async function strengthenHash(
  { db, passwords }: Pick<BookingApp, 'db' | 'passwords'>,
  { userId, checkedHash }: { userId: number; checkedHash: string },
  password: string,
): Promise<string> {
  if (!passwords.isWeak(checkedHash)) return checkedHash;
  const stronger = await passwords.hash(password);
  // Unless it was replaced meanwhile: then it is no longer the one that was checked.
  return (await replaceHash(db, { userId, from: checkedHash, to: stronger })) ? stronger : checkedHash;
}
