import { findNearestDays } from '#server/events/find-nearest-days.ts';
import { listEvents } from '#server/events/list-events.ts';
import { addDays, dayInFull } from '../../words/calendar-days.ts';
import { agendaOf } from '../event-agenda.ts';
import { addressWith, searchOf } from './event-filter.ts';
import type { Viewing } from './viewing.ts';

const EVENTS_A_PAGE = 24;

/** A page of the events, soonest first; where there are none, the nearest days that have some. */
export async function loadList({ db, params, query, timeZone, today }: Viewing) {
  const { after } = query;
  const asked = searchOf(query);
  const { items, next } = await listEvents(db, { ...asked, after, limit: EVENTS_A_PAGE });
  const isEmpty = items.length === 0 && after === undefined;
  return {
    kind: 'list' as const,
    days: agendaOf(items, { timeZone, today }),
    isFirstPage: after === undefined,
    first: addressWith(params, {}),
    later: next === null ? null : addressWith(params, { after: next }),
    nearest: isEmpty ? await nearestOf({ db, params, query }) : [],
  };
}

async function nearestOf({ db, params, query }: Pick<Viewing, 'db' | 'params' | 'query'>) {
  const { from, to, ...anyDay } = query;
  const { before, after } = await findNearestDays(db, {
    ...searchOf(anyDay),
    before: from && addDays(from, -1),
    after: to && addDays(to, 1),
  });
  const days = [before, after].filter((day) => day !== null);
  return days.map((day) => ({ label: dayInFull(day), href: addressWith(params, { from: day, to: undefined }) }));
}
