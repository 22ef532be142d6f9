import { pageCookie } from '@samaya/platform/page-cookie.ts';
import { seal, unseal } from '@samaya/platform/sealed-value.ts';
import type { Cookies } from '@sveltejs/kit';
import { z } from 'zod';

/** What this browser remembers of a sign-up until its address is confirmed. */
export interface KeptSignUp {
  email: string;
  /** The account it made; `undefined` when the address had one. Only the seal hides which. */
  madeId: number | undefined;
  /** Where the person was on their way to. */
  returnTo: string | undefined;
}

const PURPOSE = 'sign-up';
const SECONDS = 24 * 60 * 60;
// As many digits whether an account was made or not: a sealed text is as long as what is in it.
const DIGITS = 10;

const keptSchema = z.object({ email: z.string(), madeId: z.string(), returnTo: z.string().optional() });

interface Exchange {
  locals: App.Locals;
  cookies: Cookies;
}

/** Keeps a sign-up in this browser for a day: it can confirm the address with one click, and find the way back. */
export function keepSignUp({ locals, cookies }: Exchange, { email, madeId, returnTo }: KeptSignUp): void {
  const kept = { email, madeId: String(madeId ?? 0).padStart(DIGITS, '0'), returnTo };
  const { name, options } = cookieOf(locals);
  cookies.set(name, seal(kept, locals.app.config.cookieKeys, PURPOSE), { ...options, maxAge: SECONDS });
}

export function keptSignUp({ locals, cookies }: Exchange): KeptSignUp | undefined {
  const sealed = cookies.get(cookieOf(locals).name) ?? '';
  const kept = keptSchema.safeParse(unseal(sealed, locals.app.config.cookieKeys, PURPOSE)).data;
  return kept && { email: kept.email, madeId: Number(kept.madeId) || undefined, returnTo: kept.returnTo };
}

export function forgetSignUp({ locals, cookies }: Exchange): void {
  const { name, options } = cookieOf(locals);
  cookies.delete(name, options);
}

function cookieOf(locals: App.Locals) {
  return pageCookie('samaya_sign_up', locals.app.config.bookingUrl);
}
