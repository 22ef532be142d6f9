import type { BookingApp } from '#server/app.ts';

/**
 * Counts a mail about an account that a stranger can have sent: against the network that asks, the address that gets
 * it, known or not, and all of them together. Throws `too-many-requests`.
 */
export async function admitAccountMail(
  limits: BookingApp['limits'],
  { email, network }: { email: string; network: string },
): Promise<void> {
  await limits('account-mail-network', network);
  await limits('account-mail-address', email);
  await limits('account-mail-all', 'all');
}
