import { listEventChoices } from '#server/events/list-event-choices.ts';
import { listEvents } from '#server/events/list-events.ts';
import { clockFormat } from '../../words/clock-format.ts';
import { dayInWords, priceInWords } from '../../words/wall-clock.ts';
import { cardOf } from '../event-card.ts';
import type { PageServerLoad } from './$types';
import { dateChips, type EventQuery, readEventQuery, without } from './event-filter.ts';

const EVENTS_A_PAGE = 24;
const DATE = clockFormat({ day: 'numeric', month: 'short', year: 'numeric' });

export const load: PageServerLoad = async ({ locals, url }) => {
  const { db } = locals.app;
  const { timeZone, currency } = locals.studio;
  const params = url.searchParams;
  const query = readEventQuery(params);
  const { q, after, ...filter } = query;
  const search = q ?? '';
  const [{ items, next }, choices] = await Promise.all([
    listEvents(db, { search, filter, after, limit: EVENTS_A_PAGE }),
    listEventChoices(db),
  ]);
  let nearest: { day: string; href: string } | undefined;
  if (items.length === 0 && (filter.from !== undefined || filter.to !== undefined)) {
    const { from: _, to: __, ...anyDay } = filter;
    const [first] = (await listEvents(db, { search, filter: anyDay, after: undefined, limit: 1 })).items;
    if (first)
      nearest = { day: dayInWords(first.date_time, timeZone), href: `/events?${without(params, 'from', 'to')}` };
  }
  return {
    query: {
      q: search,
      event_type: query.event_type,
      practice: query.practice,
      facilitator_id: query.facilitator_id,
      from: typeof query.from === 'string' ? query.from : undefined,
      to: typeof query.to === 'string' ? query.to : undefined,
      time_of_day: query.time_of_day,
      price_max: query.price_max,
      available: query.available ?? false,
    },
    choices,
    chips: dateChips(new Date(), timeZone).map((chip) => {
      const isChosen = query.from === chip.from && query.to === chip.to;
      const rest = without(params, 'from', 'to');
      return { ...chip, isChosen, href: `/events?${[rest, isChosen ? '' : chip.query].filter(Boolean).join('&')}` };
    }),
    pills: pillsOf(query, choices, currency).map(({ label, fields }) => ({
      label,
      href: `/events?${without(params, ...fields)}`,
    })),
    events: items.map(cardOf),
    isFirstPage: after === undefined,
    first: `/events?${without(params)}`,
    later: next && `/events?${new URLSearchParams([...new URLSearchParams(without(params)), ['after', next]])}`,
    nearest,
    currency,
  };
};

/** Each condition in words, so that one can see it and take it away. */
function pillsOf(query: EventQuery, { facilitators }: Awaited<ReturnType<typeof listEventChoices>>, currency: string) {
  const pills: { label: string; fields: string[] }[] = [];
  const add = (label: string | false | undefined, ...fields: string[]) => label && pills.push({ label, fields });
  add(query.q && `“${query.q}”`, 'q');
  add(query.event_type === 'retreat' ? 'Retreats' : query.event_type && 'Sessions', 'event_type');
  add(query.practice, 'practice');
  const { facilitator_id: facilitatorId } = query;
  const name = facilitators.find(({ id }) => id === facilitatorId)?.name ?? `facilitator ${facilitatorId}`;
  add(facilitatorId !== undefined && `with ${name}`, 'facilitator_id');
  add(query.from !== undefined && `from ${dayOf(query.from)}`, 'from');
  add(query.to !== undefined && `until ${dayOf(query.to)}`, 'to');
  add(query.time_of_day && `in the ${query.time_of_day}`, 'time_of_day');
  const { price_max: most } = query;
  add(most !== undefined && (most === 0 ? 'Free' : `up to ${priceInWords(most, currency)}`), 'price_max');
  add(query.available && 'with free places', 'available');
  return pills;
}

function dayOf(end: Date | string): string {
  return DATE('UTC').format(new Date(end));
}
