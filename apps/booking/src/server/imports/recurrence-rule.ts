import type ICAL from 'ical.js';
import { RowRefused } from './import-errors.ts';

/**
 * The starts of a recurrence rule (RFC 5545) on a clock without a zone, in order, without an end of their own but
 * COUNT's. Written here because the parser's own iterator gives other days for numbered weekdays of a year and never
 * returns for some rules. Each period's days are tried against every part of the rule, so a rule that fits no day
 * costs a bounded search and ends.
 */
export function* startsOf(
  rule: ICAL.Recur,
  start: Temporal.PlainDateTime,
  { isDate }: { isDate: boolean },
): Generator<Temporal.PlainDateTime> {
  const parts = readParts(rule, start);
  // Whole days have no hours to choose from.
  if (isDate) parts.clocks = [start.toPlainTime()];
  let given = 0;
  for (let period = 0; ; period += parts.interval) {
    const days = daysOfPeriod(parts, start.toPlainDate(), period);
    const first = days[0];
    if (!first || first.since(start.toPlainDate(), { largestUnit: 'years' }).years > MOST_YEARS) return;
    const times = days
      .filter((day) => fits(day, parts))
      .flatMap((day) => parts.clocks.map((clock) => day.toPlainDateTime(clock)));
    for (const time of atPositions(times, parts.positions)) {
      if (Temporal.PlainDateTime.compare(time, start) < 0) continue;
      yield time;
      given += 1;
      if (given === parts.count) return;
    }
  }
}

interface RuleParts {
  freq: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
  interval: number;
  count: number | undefined;
  /** The first day of a week, 1 (Monday) to 7. */
  weekStart: number;
  months: number[];
  weekNumbers: number[];
  yearDays: number[];
  monthDays: number[];
  weekdays: { weekday: number; nth: number }[];
  clocks: Temporal.PlainTime[];
  positions: number[];
}

// The calendar repeats itself after 28 years but for the centuries; a rule that found nothing by then is never.
const MOST_YEARS = 120;
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

function readParts(rule: ICAL.Recur, start: Temporal.PlainDateTime): RuleParts {
  const freq = String(rule.freq ?? '').toUpperCase();
  if (freq !== 'DAILY' && freq !== 'WEEKLY' && freq !== 'MONTHLY' && freq !== 'YEARLY') {
    throw new RowRefused(
      'rrule',
      rule.toString(),
      'repeats by hours or less; days, weeks, months and years can be imported',
    );
  }
  const numbers = (name: string) => rule.getComponent(name).map(Number);
  const orOwn = (list: number[], own: number) => (list.length > 0 ? list : [own]);
  const parts: RuleParts = {
    freq,
    interval: Math.max(1, Number(rule.interval) || 1),
    count: rule.count ?? undefined,
    // The parser counts from Sunday = 1.
    weekStart: ((rule.wkst + 5) % 7) + 1,
    months: numbers('bymonth'),
    weekNumbers: freq === 'YEARLY' ? numbers('byweekno') : [],
    yearDays: numbers('byyearday'),
    monthDays: numbers('bymonthday'),
    weekdays: rule.getComponent('byday').map((text) => readWeekday(String(text))),
    clocks: [],
    positions: numbers('bysetpos'),
  };
  for (const hour of sorted(orOwn(numbers('byhour'), start.hour))) {
    for (const minute of sorted(orOwn(numbers('byminute'), start.minute))) {
      for (const second of sorted(orOwn(numbers('bysecond'), start.second))) {
        parts.clocks.push(new Temporal.PlainTime(hour, minute, Math.min(second, 59)));
      }
    }
  }
  return withOwnDay(parts, start);
}

// What the rule leaves open, the start says: a yearly rule without days is its birthday.
function withOwnDay(parts: RuleParts, start: Temporal.PlainDateTime): RuleParts {
  const { freq, months, weekNumbers, yearDays, monthDays, weekdays } = parts;
  if (freq === 'DAILY' || [yearDays, monthDays, weekdays].some((list) => list.length > 0)) return parts;
  if (freq === 'WEEKLY' || weekNumbers.length > 0)
    return { ...parts, weekdays: [{ weekday: start.dayOfWeek, nth: 0 }] };
  const isBirthday = freq === 'YEARLY' && months.length === 0;
  return { ...parts, monthDays: [start.day], ...(isBirthday && { months: [start.month] }) };
}

function readWeekday(text: string): { weekday: number; nth: number } {
  const match = /^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)$/i.exec(text);
  if (!match) throw new RowRefused('rrule', text, 'is no weekday');
  return { weekday: WEEKDAYS.indexOf((match[2] ?? '').toUpperCase()) + 1, nth: Number(match[1] ?? 0) };
}

/** Every day of the `number`th period after the start's own. */
function daysOfPeriod(parts: RuleParts, start: Temporal.PlainDate, number: number): Temporal.PlainDate[] {
  if (parts.freq === 'DAILY') return [start.add({ days: number })];
  if (parts.freq === 'WEEKLY') return daysFrom(startOfWeek(start, parts.weekStart).add({ weeks: number }), 7);
  if (parts.freq === 'MONTHLY') {
    const first = start.with({ day: 1 }).add({ months: number });
    return daysFrom(first, first.daysInMonth);
  }
  const first = start.with({ month: 1, day: 1 }).add({ years: number });
  if (parts.weekNumbers.length === 0) return daysFrom(first, first.daysInYear);
  // Weeks of a year reach over its edges.
  const begin = firstWeek(first.year, parts.weekStart);
  return daysFrom(begin, begin.until(firstWeek(first.year + 1, parts.weekStart)).days);
}

function fits(day: Temporal.PlainDate, parts: RuleParts): boolean {
  const { months, yearDays, monthDays, weekNumbers, weekdays } = parts;
  if (months.length > 0 && !months.includes(day.month)) return false;
  if (weekNumbers.length > 0 && !hasWeekNumber(day, parts)) return false;
  if (yearDays.length > 0 && !hasNumber(yearDays, day.dayOfYear, day.daysInYear)) return false;
  if (monthDays.length > 0 && !hasNumber(monthDays, day.day, day.daysInMonth)) return false;
  return (
    weekdays.length === 0 || weekdays.some(({ weekday, nth }) => day.dayOfWeek === weekday && isNth(day, nth, parts))
  );
}

function hasNumber(wanted: number[], number: number, last: number): boolean {
  return wanted.includes(number) || wanted.includes(number - last - 1);
}

// “The second Monday” is of the month in monthly rules and beside BYMONTH, else of the year.
function isNth(day: Temporal.PlainDate, nth: number, { freq, months }: RuleParts): boolean {
  if (nth === 0 || freq === 'WEEKLY' || freq === 'DAILY') return true;
  const isOfMonth = freq === 'MONTHLY' || months.length > 0;
  const number = isOfMonth ? day.day : day.dayOfYear;
  const last = isOfMonth ? day.daysInMonth : day.daysInYear;
  return nth > 0 ? Math.ceil(number / 7) === nth : Math.ceil((last - number + 1) / 7) === -nth;
}

function hasWeekNumber(day: Temporal.PlainDate, { weekNumbers, weekStart }: RuleParts): boolean {
  const thursday = startOfWeek(day, weekStart).add({ days: 3 });
  const begin = firstWeek(thursday.year, weekStart);
  const weeks = begin.until(firstWeek(thursday.year + 1, weekStart)).days / 7;
  return hasNumber(weekNumbers, Math.floor(begin.until(day).days / 7) + 1, weeks);
}

// The first week of a year is the first with four of its days.
function firstWeek(year: number, weekStart: number): Temporal.PlainDate {
  return startOfWeek(new Temporal.PlainDate(year, 1, 4), weekStart);
}

function startOfWeek(day: Temporal.PlainDate, weekStart: number): Temporal.PlainDate {
  return day.subtract({ days: (day.dayOfWeek - weekStart + 7) % 7 });
}

function daysFrom(first: Temporal.PlainDate, count: number): Temporal.PlainDate[] {
  return Array.from({ length: count }, (_, index) => first.add({ days: index }));
}

function atPositions(times: Temporal.PlainDateTime[], positions: number[]): Temporal.PlainDateTime[] {
  if (positions.length === 0) return times;
  return times.filter((_, index) => hasNumber(positions, index + 1, times.length));
}

function sorted(numbers: number[]): number[] {
  return numbers.toSorted((one, other) => one - other);
}
