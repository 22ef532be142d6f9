import { pageCookie } from '@samaya/platform/page-cookie.ts';
import type { Cookies } from '@sveltejs/kit';
import { z } from 'zod';
import type { FirstStep } from '#server/accounts/first-step.ts';
import { readNote, sealNote } from '../sealed-note.ts';

export interface Exchange {
  locals: App.Locals;
  cookies: Cookies;
}

/** Who passed the first step in this browser, and where they were on their way to. */
export interface KeptFirstStep extends FirstStep {
  returnTo?: string | undefined;
  interaction?: string | undefined;
}

const SECONDS = 10 * 60;

const schema = z.object({
  userId: z.int(),
  passwordMark: z.string(),
  until: z.number(),
  returnTo: z.string().optional(),
  interaction: z.string().optional(),
});

/** Remembers for ten minutes, sealed, that the first step was right: the page for the second knows whom to ask. */
export function keepFirstStep({ locals, cookies }: Exchange, step: KeptFirstStep, now: Date): void {
  const { name, options } = cookieOf(locals);
  const until = now.getTime() + SECONDS * 1000;
  cookies.set(name, sealNote(keysOf(locals), { ...step, until }, now), { ...options, maxAge: SECONDS });
}

export function keptFirstStep({ locals, cookies }: Exchange): KeptFirstStep | undefined {
  const now = new Date();
  const note = readNote(keysOf(locals), cookies.get(cookieOf(locals).name) ?? null, { schema, now });
  return note && note.until >= now.getTime() ? note : undefined;
}

export function forgetFirstStep({ locals, cookies }: Exchange): void {
  const { name, options } = cookieOf(locals);
  cookies.delete(name, options);
}

function cookieOf(locals: App.Locals) {
  return pageCookie('samaya_first_step', locals.app.config.bookingUrl);
}

function keysOf(locals: App.Locals) {
  return { keys: locals.app.config.cookieKeys, purpose: 'first step' };
}
