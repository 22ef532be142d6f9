import { pageCookie } from '@samaya/platform/page-cookie.ts';
import type { Cookies } from '@sveltejs/kit';
import { z } from 'zod';
import { readNote, sealNote } from '../../sealed-note.ts';

interface Exchange {
  locals: App.Locals;
  cookies: Cookies;
}

const SECONDS = 60 * 60;

const schema = z.object({ userId: z.int(), key: z.string() });

/** Keeps the key that somebody is putting into their app, sealed, until a code shows that it is there. */
export function keepKey({ locals, cookies }: Exchange, made: { userId: number; key: string }): void {
  const { name, options } = cookieOf(locals);
  cookies.set(name, sealNote(keysOf(locals), made, new Date()), { ...options, maxAge: SECONDS });
}

/** The key, if it is this very person's. */
export function keptKey({ locals, cookies }: Exchange, userId: number): string | undefined {
  const sealed = cookies.get(cookieOf(locals).name) ?? null;
  const note = readNote(keysOf(locals), sealed, { schema, now: new Date() });
  return note?.userId === userId ? note.key : undefined;
}

export function forgetKey({ locals, cookies }: Exchange): void {
  const { name, options } = cookieOf(locals);
  cookies.delete(name, options);
}

function cookieOf(locals: App.Locals) {
  return pageCookie('samaya_two_step', locals.app.config.bookingUrl);
}

function keysOf(locals: App.Locals) {
  return { keys: locals.app.config.cookieKeys, purpose: 'two-step set-up' };
}
