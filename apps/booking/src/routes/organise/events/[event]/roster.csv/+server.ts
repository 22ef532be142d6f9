import { getRosterByName } from '#server/bookings/get-roster-by-name.ts';
import { rosterFileOf } from '#server/bookings/roster-file.ts';
import { slugOf } from '#server/events/event.ts';
import { requireIdentity } from '../../../../require-identity.ts';
import { eventIdOf, ownEvent } from '../../own-event.ts';
import { ROSTER } from '../../roster-texts.ts';
import type { RequestHandler } from './$types';

// As many places as an event can have, so the list is whole.
const PEOPLE_MOST = 100_000;

export const GET: RequestHandler = async ({ locals, params }) => {
  // Assistants have the list on its page, and not as a file.
  await ownEvent(locals, params);
  const { event, here } = await getRosterByName(
    locals.app.db,
    { eventId: eventIdOf(params), search: '', after: undefined, limit: PEOPLE_MOST },
    requireIdentity(locals),
  );
  const { columns, statuses } = ROSTER;
  const file = rosterFileOf(here, { ...columns, statuses }, event.time_zone);
  return new Response(file, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${slugOf(event.title)}-${event.id}.csv"`,
    },
  });
};
