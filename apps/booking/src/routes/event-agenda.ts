import type { EventInBrief } from '#server/events/event.ts';
import { addDays, dayInFull, dayInShort, dayOf } from '../words/calendar-days.ts';
import { timeOfDay, zoneInWords } from '../words/wall-clock.ts';
import { cardOf, type EventCard } from './event-card.ts';
import { EVENT_CARD } from './event-card-texts.ts';

/** An event in a list of days, which is read on the clock of the studio. */
export interface AgendaRow extends EventCard {
  day: string;
  time: string;
  /** What the clock shows where it is, when that is another one: `18:30 Berlin time`. */
  there: string | null;
}

export interface AgendaDay {
  day: string;
  label: string;
  rows: AgendaRow[];
}

export function agendaRowOf(event: EventInBrief, timeZone: string): AgendaRow {
  return {
    ...cardOf(event),
    day: dayOf(event.date_time, timeZone),
    time: timeOfDay(event.date_time, timeZone),
    there: clockThere(event, timeZone),
  };
}

/** Events, soonest first, by the days they have on the clock of the studio. */
export function agendaOf(
  events: readonly EventInBrief[],
  { timeZone, today }: { timeZone: string; today: string },
): AgendaDay[] {
  const days: AgendaDay[] = [];
  for (const event of events) {
    const row = agendaRowOf(event, timeZone);
    if (days.at(-1)?.day !== row.day) days.push({ day: row.day, label: labelOf(row.day, today), rows: [] });
    days.at(-1)?.rows.push(row);
  }
  return days;
}

/** `Today, Thursday 26 November`; another year is said. */
export function labelOf(day: string, today: string): string {
  const inFull = day.slice(0, 4) === today.slice(0, 4) ? dayInFull(day) : `${dayInFull(day)} ${day.slice(0, 4)}`;
  if (day === today) return `${EVENT_CARD.today}, ${inFull}`;
  return day === addDays(today, 1) ? `${EVENT_CARD.tomorrow}, ${inFull}` : inFull;
}

function clockThere({ date_time, time_zone }: EventInBrief, timeZone: string): string | null {
  const [day, time] = [dayOf(date_time, time_zone), timeOfDay(date_time, time_zone)];
  if (day !== dayOf(date_time, timeZone)) return `${dayInShort(day)}, ${time} ${zoneInWords(time_zone)}`;
  return time === timeOfDay(date_time, timeZone) ? null : `${time} ${zoneInWords(time_zone)}`;
}
