import { priceInWords } from '../../words/wall-clock.ts';
import { addressWith, type EventQuery } from './event-filter.ts';
import { EVENT_LIST, PILLS } from './event-list-texts.ts';

/** Facilitators by their ids. */
type Facilitators = readonly { value: string; label: string }[];

/** Each condition in words, so that one can see it and take it away. */
export function pillsOf(
  query: EventQuery,
  { params, facilitators, currency }: { params: URLSearchParams; facilitators: Facilitators; currency: string },
): { label: string; href: string }[] {
  return conditionsOf(query, facilitators, currency).map(([field, label]) => ({
    label,
    href: addressWith(params, { [field]: undefined }),
  }));
}

function conditionsOf(
  query: EventQuery,
  facilitators: Facilitators,
  currency: string,
): [field: string, label: string][] {
  const { facilitator_id: id, price_max: most } = query;
  const name = facilitators.find(({ value }) => value === String(id))?.label;
  const all: [string, string | false | undefined][] = [
    ['q', query.q && PILLS.words(query.q)],
    ['event_type', query.event_type && (query.event_type === 'retreat' ? EVENT_LIST.retreats : EVENT_LIST.sessions)],
    ['practice', query.practice],
    ['level', query.level],
    ['facilitator_id', id !== undefined && PILLS.with(name ?? PILLS.somebody(id))],
    ['from', query.from && PILLS.from(query.from)],
    ['to', query.to && PILLS.to(query.to)],
    ['time_of_day', query.time_of_day && PILLS.timeOfDay(query.time_of_day)],
    ['online', query.online !== undefined && (query.online ? EVENT_LIST.online : EVENT_LIST.inPerson)],
    ['price_max', most !== undefined && (most === 0 ? PILLS.free : PILLS.priceMost(priceInWords(most, currency)))],
    ['available', query.available && PILLS.available],
  ];
  return all.filter((each): each is [string, string] => Boolean(each[1]));
}
