import { pageCookie } from '@samaya/platform/page-cookie.ts';
import type { Cookies, RequestEvent } from '@sveltejs/kit';
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

/** Forgets this browser's sign-in, and has the browser forget the pages it kept of it. */
export function dropSignIn({
  locals,
  cookies,
  setHeaders,
}: Pick<RequestEvent, 'locals' | 'cookies' | 'setHeaders'>): void {
  // Not `cookies`: that would take those of other applications on the host too.
  setHeaders({ 'clear-site-data': '"cache", "storage"' });
  const { name, options } = pageCookie('samaya_booking', locals.app.config.bookingUrl);
  cookies.delete(name, options);
}
