import { findNearestDays } from '#server/events/find-nearest-days.ts';
import { listEventDays } from '#server/events/list-event-days.ts';
import {
  addDays,
  dayInFull,
  firstOfMonth,
  lastOfMonth,
  monthInWords,
  weekdaysInWords,
  weeksOfMonth,
} from '../../words/calendar-days.ts';
import { agendaRowOf } from '../event-agenda.ts';
import { addressWith, searchOf } from './event-filter.ts';
import { dayWithCount, moreInWords } from './event-list-texts.ts';
import type { Viewing } from './viewing.ts';
import { listOf } from './week-view.ts';

const EVENTS_A_DAY = 3;

/** A month in weeks, with the first events of each day and how many there are; where nothing is, the nearest months. */
export async function loadMonth({ db, params, query, timeZone, today }: Viewing) {
  const first = firstOfMonth(query.from ?? today);
  const last = lastOfMonth(first);
  const { from: _, to: __, ...anyDay } = query;
  const asked = searchOf(anyDay);
  const found = await listEventDays(db, { ...asked, from: first, to: last, perDay: EVENTS_A_DAY });
  const monthAt = (day: string | undefined) => addressWith(params, { from: day, to: undefined });
  return {
    kind: 'month' as const,
    title: monthInWords(first),
    weekdays: weekdaysInWords(),
    weeks: weeksOfMonth(first).map((week) =>
      week.map((day) => {
        const { count = 0, events = [] } = found.find((each) => each.day === day) ?? {};
        return {
          day,
          date: Number(day.slice(8)),
          label: dayWithCount(dayInFull(day), count),
          href: count > 0 ? listOf(params, day) : null,
          isToday: day === today,
          isPast: day < today,
          isOutside: day < first || day > last,
          count,
          rows: events.map((event) => agendaRowOf(event, timeZone)),
          more: count > events.length ? moreInWords(count - events.length) : null,
        };
      }),
    ),
    isEmpty: found.length === 0,
    previous: first > today ? monthAt(firstOfMonth(first, -1)) : null,
    now: first === firstOfMonth(today) ? null : monthAt(undefined),
    next: monthAt(firstOfMonth(first, 1)),
    nearest: found.length > 0 ? [] : await nearestOf(),
  };

  async function nearestOf() {
    const { before, after } = await findNearestDays(db, {
      ...asked,
      before: addDays(first, -1),
      after: addDays(last, 1),
    });
    const months = [before, after].filter((day) => day !== null).map((day) => firstOfMonth(day));
    return months.map((day) => ({ label: monthInWords(day), href: monthAt(day) }));
  }
}
