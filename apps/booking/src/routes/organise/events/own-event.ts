import { rowId } from '@samaya/platform/text-schema.ts';
import { error } from '@sveltejs/kit';
import type { Event } from '#server/events/event.ts';
import { getOwnEvent } from '#server/events/get-event.ts';
import { requireIdentity } from '../../require-identity.ts';

/** The event in a page's address, for who runs it; else it is somebody else's business, or there is none. */
export async function ownEvent(locals: App.Locals, params: { event: string }): Promise<Event> {
  return await getOwnEvent(locals.app.db, eventIdOf(params), requireIdentity(locals));
}

/** The id in a page's address; what is no id is no page. */
export function eventIdOf(params: { event: string }): number {
  const id = rowId.safeParse(params.event).data;
  if (id === undefined) error(404);
  return id;
}
