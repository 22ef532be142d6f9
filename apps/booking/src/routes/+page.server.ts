import { oneLine } from '@samaya/platform/text-schema.ts';
import { seatsLeft, slugOf } from '#server/events/event.ts';
import { listEvents } from '#server/events/list-events.ts';
import type { PageServerLoad } from './$types';

const EVENTS_A_PAGE = 24;
const searchSchema = oneLine(100);

export const load: PageServerLoad = async ({ locals, url }) => {
  const after = url.searchParams.get('after') ?? undefined;
  // What nobody could have typed is no search.
  const search = searchSchema.safeParse(url.searchParams.get('q') ?? '').data ?? '';
  const { items, next } = await listEvents(locals.app.db, { search, filter: {}, after, limit: EVENTS_A_PAGE });
  return {
    search,
    events: items.map((event) => ({
      ...event,
      seats_left: seatsLeft(event),
      path: `/e/${event.id}-${slugOf(event.title)}`,
    })),
    isFirstPage: after === undefined,
    later: next && `/?${new URLSearchParams({ ...(search && { q: search }), after: next })}`,
  };
};
