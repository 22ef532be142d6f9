import { pageCookie } from '@samaya/platform/page-cookie.ts';
import type { Cookies } from '@sveltejs/kit';
import { KNOWN_DAYS, markBrowser } from '#server/accounts/known-browser.ts';

const DAY_MS = 86_400_000;
// Not `samaya_…`: it changes nothing that a page says, so who is signed out is still given the kept pages.
const NAME = 'booking_known_browser';

type Browser = { locals: App.Locals; cookies: Cookies };

/** What this browser keeps from an earlier sign-in. */
export function markOfBrowser({ locals, cookies }: Browser): string | undefined {
  return cookies.get(markCookie(locals).name);
}

/** Lets this browser be known from now on as one of the owner of `email`; it stays so after signing out. */
export function keepMark({ locals, cookies }: Browser, email: string, now: Date): void {
  const { name, options } = markCookie(locals);
  const expires = new Date(now.getTime() + KNOWN_DAYS * DAY_MS);
  cookies.set(name, markBrowser(locals.app.config.cookieKeys, email.toLowerCase()), { ...options, expires });
}

function markCookie({ app }: App.Locals) {
  return pageCookie(NAME, app.config.bookingUrl);
}
