import { pageCookie } from '@samaya/platform/page-cookie.ts';
import type { Cookies } from '@sveltejs/kit';
import { z } from 'zod';
import { readNote, sealNote } from './sealed-note.ts';

interface Exchange {
  locals: App.Locals;
  cookies: Cookies;
}

const SECONDS = 5 * 60;

const schema = z.object({
  what: z.enum(['sign-in', 'sign-up', 'add']),
  challenge: z.string(),
  /** Of a new passkey. */
  handle: z.string().default(''),
  /** Who adds one. */
  userId: z.int().optional(),
  until: z.number(),
});

/** What a browser was asked for with a passkey. */
export type PasskeyQuestion = Omit<z.input<typeof schema>, 'until'>;

/** Remembers for five minutes, sealed, what this browser was asked for. */
export function keepQuestion({ locals, cookies }: Exchange, question: PasskeyQuestion): void {
  const { name, options } = cookieOf(locals);
  const now = new Date();
  const until = now.getTime() + SECONDS * 1000;
  cookies.set(name, sealNote(keysOf(locals), { ...question, until }, now), { ...options, maxAge: SECONDS });
}

/** The question that is answered now, if it was one of this kind; it is forgotten by that. */
export function takeQuestion(
  { locals, cookies }: Exchange,
  what: PasskeyQuestion['what'],
): z.output<typeof schema> | undefined {
  const { name, options } = cookieOf(locals);
  const now = new Date();
  const note = readNote(keysOf(locals), cookies.get(name) ?? null, { schema, now });
  cookies.delete(name, options);
  return note?.what === what && note.until >= now.getTime() ? note : undefined;
}

function cookieOf(locals: App.Locals) {
  return pageCookie('samaya_passkey', locals.app.config.bookingUrl);
}

function keysOf(locals: App.Locals) {
  return { keys: locals.app.config.cookieKeys, purpose: 'passkey question' };
}
