import { rowId } from '@samaya/platform/text-schema.ts';
import { error } from '@sveltejs/kit';
import { listEvents } from '#server/events/list-events.ts';
import { findFacilitator } from '#server/facilitators/find-facilitator.ts';
import { cardOf } from '../../event-card.ts';
import type { PageServerLoad } from './$types';

const EVENTS_A_PAGE = 12;

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const id = rowId.safeParse(params.facilitator).data;
  const facilitator = id === undefined ? undefined : await findFacilitator(locals.app.db, id);
  if (!facilitator) error(404);
  const after = url.searchParams.get('after') ?? undefined;
  const filter = { facilitator_id: facilitator.id };
  const { items, next } = await listEvents(locals.app.db, { search: '', filter, after, limit: EVENTS_A_PAGE });
  return {
    facilitator,
    events: items.map(cardOf),
    later: next && `/facilitators/${facilitator.id}?${new URLSearchParams({ after: next })}`,
  };
};
