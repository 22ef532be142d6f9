/** Days of a calendar, written `2026-12-01`, whatever clock they are on: reckoning with them and saying them. */

import { clockFormat } from './clock-format.ts';

const DAY_MS = 86_400_000;
const PARTS = clockFormat({ year: 'numeric', month: '2-digit', day: '2-digit' }, 'en');
const IN_FULL = clockFormat({ weekday: 'long', day: 'numeric', month: 'long' });
const IN_SHORT = clockFormat({ weekday: 'short', day: 'numeric', month: 'short' });
const DATE = clockFormat({ day: 'numeric', month: 'short', year: 'numeric' });
const LONG_DATE = clockFormat({ day: 'numeric', month: 'long', year: 'numeric' });
const MONTH = clockFormat({ month: 'long', year: 'numeric' });
const SHORT_WEEKDAY = clockFormat({ weekday: 'short' });
const WEEKDAY = clockFormat({ weekday: 'long' });

/** The day that it is on a clock. */
export function dayOf(instant: Date, timeZone: string): string {
  const part = Object.fromEntries(
    PARTS(timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  );
  return `${part.year?.padStart(4, '0')}-${part.month}-${part.day}`;
}

/** So many days later, or earlier. */
export function addDays(day: string, count: number): string {
  return new Date(noonOf(day).getTime() + count * DAY_MS).toISOString().slice(0, 10);
}

/** The week a day is in, from Monday to Sunday. */
export function weekOf(day: string): string[] {
  const monday = addDays(day, -((noonOf(day).getUTCDay() + 6) % 7));
  return Array.from({ length: 7 }, (_, index) => addDays(monday, index));
}

/** The month a day is in, in whole weeks, so that it begins and ends with days of its neighbours. */
export function weeksOfMonth(day: string): string[][] {
  const first = firstOfMonth(day);
  const last = lastOfMonth(day);
  return [0, 7, 14, 21, 28, 35].map((count) => weekOf(addDays(first, count))).filter(([monday = '']) => monday <= last);
}

/** The first day of a day's month, or of one so many months on. */
export function firstOfMonth(day: string, monthsOn = 0): string {
  const [year = 0, month = 0] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 + monthsOn, 1)).toISOString().slice(0, 10);
}

export function lastOfMonth(day: string): string {
  return addDays(firstOfMonth(day, 1), -1);
}

/** `Tuesday 1 December`. */
export function dayInFull(day: string): string {
  return say(day, IN_FULL);
}

/** `Tue 1 Dec`. */
export function dayInShort(day: string): string {
  return say(day, IN_SHORT);
}

/** `1 Dec 2026`. */
export function dateInShort(day: string): string {
  return say(day, DATE);
}

/** `December 2026`. */
export function monthInWords(day: string): string {
  return say(day, MONTH);
}

/** The days of a week, short and in full, from Monday on. */
export function weekdaysInWords(): { short: string; inFull: string }[] {
  return weekOf('2026-12-01').map((day) => ({
    short: say(day, SHORT_WEEKDAY),
    inFull: say(day, WEEKDAY),
  }));
}

/** `30 November – 6 December 2026`: what both ends have in common is said once. */
export function spanInWords(from: string, to: string): string {
  return LONG_DATE('UTC')
    .formatRange(noonOf(from), noonOf(to))
    .replace(/\s*–\s*/, from.slice(0, 7) === to.slice(0, 7) ? '–' : ' – ');
}

function say(day: string, format: (timeZone: string) => Intl.DateTimeFormat): string {
  return format('UTC').format(noonOf(day)).replace(',', '');
}

// In the middle of the day no rounding leads to another one.
function noonOf(day: string): Date {
  return new Date(`${day}T12:00:00Z`);
}
