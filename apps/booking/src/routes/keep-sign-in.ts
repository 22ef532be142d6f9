import { pageCookie } from '@samaya/platform/page-cookie.ts';
import type { Cookies } from '@sveltejs/kit';
import { endSignIn, type OpenedSignIn } from '#server/accounts/sign-in.ts';

/** Keeps a sign-in in this browser's cookie; the one it had ends. */
export async function keepSignIn(
  { locals, cookies }: { locals: App.Locals; cookies: Cookies },
  { token, expiresAt }: OpenedSignIn,
): Promise<void> {
  const { app, identity } = locals;
  if (identity) await endSignIn(app.db, identity.signInId);
  const { name, options } = pageCookie('samaya_booking', app.config.bookingUrl);
  cookies.set(name, token, { ...options, expires: expiresAt });
}

/** Forgets this browser's sign-in. */
export function dropSignIn({ locals, cookies }: { locals: App.Locals; cookies: Cookies }): void {
  const { name, options } = pageCookie('samaya_booking', locals.app.config.bookingUrl);
  cookies.delete(name, options);
}
