import { findNearestDays } from '#server/events/find-nearest-days.ts';
import { listEventDays } from '#server/events/list-event-days.ts';
import { addDays, dayInFull, dayInShort, spanInWords, weekOf } from '../../words/calendar-days.ts';
import { agendaRowOf } from '../event-agenda.ts';
import { addressWith, searchOf } from './event-filter.ts';
import { moreInWords, weekOfInWords } from './event-list-texts.ts';
import type { Viewing } from './viewing.ts';

// A day with more leads to a list of its own.
const EVENTS_A_DAY = 40;

/** The days of a week from Monday to Sunday, with what is on; where nothing is, the nearest weeks that have something. */
export async function loadWeek({ db, params, query, timeZone, today }: Viewing) {
  const week = weekOf(query.from ?? today);
  const [from = today, to = today] = [week[0], week[6]];
  const { from: _, to: __, ...anyDay } = query;
  const asked = searchOf(anyDay);
  const found = await listEventDays(db, { ...asked, from, to, perDay: EVENTS_A_DAY });
  const weekAt = (day: string | undefined) => addressWith(params, { from: day, to: undefined });
  const isNow = week.includes(today);
  return {
    kind: 'week' as const,
    title: spanInWords(from, to),
    days: week.map((day) => {
      const { count = 0, events = [] } = found.find((each) => each.day === day) ?? {};
      return {
        day,
        label: dayInShort(day),
        inFull: dayInFull(day),
        isToday: day === today,
        isPast: day < today,
        rows: events.map((event) => agendaRowOf(event, timeZone)),
        more: count > events.length ? { label: moreInWords(count - events.length), href: listOf(params, day) } : null,
      };
    }),
    isEmpty: found.length === 0,
    // What is over is not shown, so there is nothing to go back to.
    previous: from > today ? weekAt(addDays(from, -7)) : null,
    now: isNow ? null : weekAt(undefined),
    next: weekAt(addDays(from, 7)),
    nearest: found.length > 0 ? [] : await nearestOf(),
  };

  async function nearestOf() {
    const { before, after } = await findNearestDays(db, {
      ...asked,
      before: addDays(from, -1),
      after: addDays(to, 1),
    });
    const mondays = [before, after].filter((day) => day !== null).map((day) => weekOf(day)[0] ?? day);
    return mondays.map((day) => ({ label: weekOfInWords(dayInFull(day)), href: weekAt(day) }));
  }
}

/** The list of what is on on a day. */
export function listOf(params: URLSearchParams, day: string): string {
  return addressWith(params, { view: undefined, from: day, to: day });
}
