import { pageCookie } from '@samaya/platform/page-cookie.ts';
import type { Cookies } from '@sveltejs/kit';
import { type BegunAtGoogle, GOOGLE_COOKIE } from '#server/google/google-sign-in.ts';
import { ON_ITS_WAY_SECONDS } from '#server/google/on-its-way.ts';

interface Exchange {
  locals: App.Locals;
  cookies: Cookies;
}

// Each tab has a sign-in of its own on its way; whoever leaves many behind loses the oldest.
const MOST_ON_THEIR_WAY = 5;

/** Keeps a sign-in that leads to Google in this browser, until it comes back or a quarter of an hour is over. */
export function keepOnItsWay({ locals, cookies }: Exchange, { cookie }: BegunAtGoogle): void {
  const prefix = cookieOf(locals, GOOGLE_COOKIE).name;
  const others = cookies.getAll().filter(({ name }) => name.startsWith(prefix));
  for (const { name } of others.slice(0, Math.max(0, others.length + 1 - MOST_ON_THEIR_WAY))) {
    cookies.delete(name, cookieOf(locals, GOOGLE_COOKIE).options);
  }
  const { name, options } = cookieOf(locals, cookie.name);
  cookies.set(name, cookie.value, { ...options, maxAge: ON_ITS_WAY_SECONDS });
}

/** What this browser kept under a name; it is forgotten by being read. */
export function takeOnItsWay({ locals, cookies }: Exchange, cookieName: string): string | undefined {
  const { name, options } = cookieOf(locals, cookieName);
  const value = cookies.get(name);
  if (value !== undefined) cookies.delete(name, options);
  return value;
}

function cookieOf({ app }: App.Locals, name: string) {
  return pageCookie(name, app.config.bookingUrl);
}
