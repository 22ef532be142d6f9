import { oneLine } from '@samaya/platform/text-schema.ts';
import { listUpcomingEvents } from '#server/events/list-upcoming-events.ts';
import type { PageServerLoad } from './$types';

const EVENTS_A_PAGE = 24;
const searchSchema = oneLine(100);

export const load: PageServerLoad = async ({ locals, url }) => {
  const after = url.searchParams.get('after') ?? undefined;
  const typed = url.searchParams.get('q') ?? '';
  // What nobody could have typed is no search.
  const search = searchSchema.safeParse(typed).data ?? '';
  const { items, next } = await listUpcomingEvents(locals.app.db, { search, after, limit: EVENTS_A_PAGE });
  return {
    search,
    events: items,
    isFirstPage: after === undefined,
    later: next && `/?${new URLSearchParams({ ...(search && { q: search }), after: next })}`,
  };
};
