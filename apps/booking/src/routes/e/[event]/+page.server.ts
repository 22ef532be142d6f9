import { rowId } from '@samaya/platform/text-schema.ts';
import { error, redirect } from '@sveltejs/kit';
import { seatsLeft, slugOf } from '#server/events/event.ts';
import { getEvent } from '#server/events/get-event.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
  const id = rowId.safeParse(params.event.split('-', 1)[0]).data;
  if (id === undefined) error(404);
  const event = await getEvent(locals.app.db, id, locals.identity);
  // The id decides; the words are for people, and follow the title.
  const address = `${id}-${slugOf(event.title)}`;
  if (params.event !== address) redirect(307, `/e/${address}`);
  return { event: { ...event, seats_left: seatsLeft(event) } };
};
