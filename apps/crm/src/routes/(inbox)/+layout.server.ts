import { redirect } from '@sveltejs/kit';
import { parseInboxSearch, parseMark } from '#server/notifications/inbox-schemas.ts';
import { receivedBetween } from '#server/notifications/list-notifications.ts';
import { shapeNotification } from '#server/notifications/notification-schemas.ts';
import { shapeCompleteness } from '#server/notifications/read-completeness.ts';
import { MOST_COUNTED, readInbox } from '#server/notifications/read-inbox.ts';
import type { LayoutServerLoad } from './$types';

const PAGE_SIZE = 50;

export const load: LayoutServerLoad = async ({ locals, url, depends }) => {
  // Loaded anew when the stream tells of something that the list alone cannot place.
  depends('crm:inbox');
  const { app, facilitator } = locals;
  if (!facilitator) redirect(303, '/sign-in');
  const { timeZone, currency } = app.config.studio;
  const search = parseInboxSearch((name) => url.searchParams.get(name));
  const { view, filter, after, faults } = search;
  const inbox = await readInbox(
    app.db,
    { facilitatorId: facilitator.facilitatorId, timeZone },
    {
      ...filter,
      processed: view === 'all' ? undefined : view === 'processed',
      after,
      limit: PAGE_SIZE,
    },
  );
  const { from, before } = receivedBetween(filter, timeZone);
  return {
    inbox: {
      ...inbox,
      items: inbox.items.map(shapeNotification),
      mostCounted: MOST_COUNTED,
      view,
      filter,
      after,
      faults,
      from: from?.toISOString(),
      before: before?.toISOString(),
    },
    completeness: shapeCompleteness(await app.readCompleteness(facilitator.facilitatorId)),
    justMarked: parseMark(url.searchParams.get('marked')),
    timeZone,
    currency,
    today: new Date().toISOString(),
  };
};
