import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import type { Event } from '#server/events/event.ts';
import { getEvent } from '#server/events/get-event.ts';
import { readNote, sealNote } from '../sealed-note.ts';

const PURPOSE = 'booked';
const schema = z.object({ eventId: z.int(), email: z.string() });

/** The page after a guest has booked: the same whether they had a place before or not. */
export function bookedPath(locals: App.Locals, booked: z.infer<typeof schema>, now: Date): string {
  const note = sealNote({ keys: locals.app.config.cookieKeys, purpose: PURPOSE }, booked, now);
  return `/booked?${new URLSearchParams({ for: note })}`;
}

/** What that page is about; who comes too late or by another way goes on to the events. */
export async function readBooked(locals: App.Locals, url: URL, now: Date): Promise<{ event: Event; email: string }> {
  const { app, identity } = locals;
  const keys = { keys: app.config.cookieKeys, purpose: PURPOSE };
  const note = readNote(keys, url.searchParams.get('for'), { schema, now });
  if (!note) redirect(303, '/events');
  return { event: await getEvent(app.db, note.eventId, identity), email: note.email };
}
