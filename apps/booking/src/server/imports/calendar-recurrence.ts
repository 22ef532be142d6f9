import ICAL from 'ical.js';
import { type CalendarTime, onWallOf, timesOf, type ZoneRules } from './calendar-times.ts';
import { RowRefused } from './import-errors.ts';
import { startsOf } from './recurrence-rule.ts';

export interface Horizon {
  /** Series without an end are listed from this day, */
  from: Temporal.PlainDate | undefined;
  /** for so long, */
  days: number;
  /** and no event more often than this. */
  occurrences: number;
}

export interface Occurrences {
  /** Starts on the wall of the event's zone, in order, each once; what EXDATE names is gone. */
  starts: Temporal.PlainDateTime[];
  /** Why there are fewer than the rules say. */
  cut: string | undefined;
}

/** Expands RRULE, RDATE and EXDATE of an event by the clock on its wall: six o'clock stays six o'clock. */
export function expand(
  component: ICAL.Component,
  start: CalendarTime,
  rules: ZoneRules,
  horizon: Horizon,
): Occurrences {
  const excluded = new Set<string>();
  for (const property of component.getAllProperties('exdate')) {
    for (const time of timesOf(property, rules)) {
      // Some programs exclude a whole day, others the exact time.
      excluded.add(time.isDate ? time.plain.toPlainDate().toString() : onWallOf(time, start).toString());
    }
  }
  const found = new Map<string, Temporal.PlainDateTime>([[start.plain.toString(), start.plain]]);
  let cut: string | undefined;
  for (const property of component.getAllProperties('rrule')) {
    const series = expandRule(property, start, horizon);
    cut ??= series.cut;
    for (const plain of series.starts) found.set(plain.toString(), plain);
  }
  for (const property of component.getAllProperties('rdate')) {
    for (const time of timesOf(property, rules)) {
      const plain =
        time.isDate && !start.isDate ? time.plain.withPlainTime(start.plain.toPlainTime()) : onWallOf(time, start);
      found.set(plain.toString(), plain);
    }
  }
  const starts = [...found.values()]
    .filter((plain) => !excluded.has(plain.toString()) && !excluded.has(plain.toPlainDate().toString()))
    .sort(Temporal.PlainDateTime.compare);
  if (cut !== undefined && horizon.from && starts[0]?.equals(start.plain) && isBefore(start.plain, horizon.from)) {
    starts.shift();
  }
  return { starts, cut };
}

function expandRule(property: ICAL.Property, start: CalendarTime, horizon: Horizon): Occurrences {
  const recur = property.getFirstValue();
  if (!(recur instanceof ICAL.Recur)) throw new RowRefused('rrule', property.toICALString(), 'is no recurrence');
  const until = untilOf(recur, start);
  const isEndless = until === undefined && !recur.count;
  const firstDay =
    isEndless && horizon.from ? later(horizon.from, start.plain.toPlainDate()) : start.plain.toPlainDate();
  const lastDay = firstDay.add({ days: horizon.days });
  const starts: Temporal.PlainDateTime[] = [];
  for (const plain of startsOf(recur, start.plain, start)) {
    if (until && Temporal.PlainDateTime.compare(plain, until) > 0) break;
    if (isEndless && isBefore(plain, firstDay)) continue;
    if (isEndless && !isBefore(plain, lastDay))
      return { starts, cut: `repeats without an end; taken until ${lastDay}` };
    if (starts.length === horizon.occurrences) {
      return {
        starts,
        cut: `repeats more than ${horizon.occurrences} times; the first ${horizon.occurrences} are taken`,
      };
    }
    starts.push(plain);
  }
  return { starts, cut: undefined };
}

// UNTIL is in UTC when the start has a zone; a bare day counts to its end.
function untilOf(recur: ICAL.Recur, start: CalendarTime): Temporal.PlainDateTime | undefined {
  const until = recur.until;
  if (!until) return undefined;
  const plain = plainOf(until);
  if (until.isDate || start.isDate) return plain.withPlainTime('23:59:59');
  if (!/Z$/i.test(until.toString()) || start.isUtc) return plain;
  return plain.toZonedDateTime('UTC').withTimeZone(start.zone).toPlainDateTime();
}

function plainOf({ year, month, day, hour, minute, second, isDate }: ICAL.Time): Temporal.PlainDateTime {
  return new Temporal.PlainDateTime(year, month, day, ...(isDate ? [] : [hour, minute, second]));
}

function isBefore(plain: Temporal.PlainDateTime, day: Temporal.PlainDate): boolean {
  return Temporal.PlainDate.compare(plain.toPlainDate(), day) < 0;
}

function later(one: Temporal.PlainDate, other: Temporal.PlainDate): Temporal.PlainDate {
  return Temporal.PlainDate.compare(one, other) > 0 ? one : other;
}
