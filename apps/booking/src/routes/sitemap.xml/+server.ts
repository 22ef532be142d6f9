import { listEventAddresses } from '#server/events/list-event-addresses.ts';
import { listFacilitators } from '#server/facilitators/list-facilitators.ts';
import { eventPath } from '../event-card.ts';
import type { RequestHandler } from './$types';
import { siteMapIndexOf, siteMapOf } from './site-map.ts';

const MOST_FACILITATORS = 10_000;

/** The pages that search engines may show; those of more events than one list takes come in parts, `?part=0` and so on. */
export const GET: RequestHandler = async ({ locals, url }) => {
  const { db, config } = locals.app;
  const asked = url.searchParams.get('part');
  if (asked !== null && asked !== 'site') {
    const part = /^\d{1,6}$/.test(asked) ? Number(asked) : 0;
    const { addresses } = await listEventAddresses(db, { part });
    return answer(siteMapOf(addresses.map((event) => config.bookingUrl + eventPath(event))));
  }
  const { addresses, parts } = await listEventAddresses(db, { part: undefined });
  if (parts.length > 0 && asked === null) {
    const names = ['site', ...parts];
    return answer(siteMapIndexOf(names.map((name) => `${config.bookingUrl}/sitemap.xml?part=${name}`)));
  }
  const { items } = await listFacilitators(db, { after: undefined, limit: MOST_FACILITATORS });
  const paths = [
    '/',
    '/events',
    '/facilitators',
    ...items.map(({ id }) => `/facilitators/${id}`),
    ...addresses.map(eventPath),
  ];
  return answer(siteMapOf(paths.map((path) => config.bookingUrl + path)));
};

function answer(text: string): Response {
  return new Response(text, {
    headers: { 'content-type': 'application/xml; charset=utf-8', 'cache-control': 'public, max-age=3600' },
  });
}
