import ICAL from 'ical.js';
import { zoneOfTzid } from './calendar-zones.ts';
import { RowRefused } from './import-errors.ts';
import type { Wall } from './wall-clock.ts';

export interface ZoneRules {
  /** The zone of times that state none. */
  floating: string | undefined;
  /** What an event in UTC is shown in. */
  display: string;
  mapped: ReadonlyMap<string, string>;
  zoneNames: ReadonlyMap<string, string>;
}

/** A time of a calendar; `isDate` when it is a whole day, `isUtc` when it recurs by UTC's clock. */
export interface CalendarTime {
  plain: Temporal.PlainDateTime;
  zone: string;
  isDate: boolean;
  isUtc: boolean;
}

/** The times of a property (`DTSTART`, `EXDATE`, …); those of an RDATE with a period are its start. */
export function timesOf(property: ICAL.Property, rules: ZoneRules): CalendarTime[] {
  const tzid = property.getFirstParameter('tzid');
  const written: unknown[] = property.toJSON().slice(3);
  return property.getValues().map((value, index) => {
    const time = value instanceof ICAL.Period ? value.start : value;
    // The parser makes 30 February 2 March; such a day is a mistake, not a wish.
    const isAsWritten = String(written[index]).startsWith(String(time));
    if (!(time instanceof ICAL.Time) || !isAsWritten) throw badTime(property);
    return calendarTime(time, property, tzid, rules);
  });
}

export function firstTime(component: ICAL.Component, name: string, rules: ZoneRules): CalendarTime | undefined {
  const property = component.getFirstProperty(name);
  return property ? timesOf(property, rules)[0] : undefined;
}

/** A time as a wall for the event's page: UTC is shown in the display zone. */
export function toWall({ plain, zone, isUtc }: CalendarTime, display: string): Wall {
  if (!isUtc) return { plain, zone };
  const exact = plain.toZonedDateTime('UTC').toInstant();
  return { plain: exact.toZonedDateTimeISO(display).toPlainDateTime(), zone: display, exact };
}

/** The same moment on the wall of another time's zone, to compare the two. */
export function onWallOf(time: CalendarTime, other: CalendarTime): Temporal.PlainDateTime {
  if (time.isDate || other.isDate || (time.zone === other.zone && time.isUtc === other.isUtc)) return time.plain;
  return time.plain.toZonedDateTime(time.zone).withTimeZone(other.zone).toPlainDateTime();
}

function calendarTime(
  time: ICAL.Time,
  property: ICAL.Property,
  tzid: string | undefined,
  rules: ZoneRules,
): CalendarTime {
  const { year, month, day, hour, minute, second } = time;
  let plain: Temporal.PlainDateTime;
  try {
    const clock = time.isDate ? {} : { hour, minute, second };
    plain = Temporal.PlainDateTime.from({ year, month, day, ...clock }, { overflow: 'reject' });
  } catch {
    throw badTime(property);
  }
  const isUtc = !time.isDate && /Z$/i.test(time.toString());
  if (isUtc) return { plain, zone: 'UTC', isDate: false, isUtc: true };
  return { plain, zone: zoneOf(property, tzid, rules), isDate: time.isDate, isUtc: false };
}

function zoneOf(property: ICAL.Property, tzid: string | undefined, rules: ZoneRules): string {
  if (tzid !== undefined && tzid.trim() !== '') {
    const zone = zoneOfTzid(tzid, rules.mapped, rules.zoneNames);
    if (zone) return zone;
    throw new RowRefused(property.name, tzid, 'is a time zone nobody here knows; the mapping\'s "zones" can name it');
  }
  if (rules.floating) return rules.floating;
  const value = property.toICALString();
  throw new RowRefused(property.name, value, 'states no time zone; give --zone, e.g. --zone Europe/Amsterdam');
}

function badTime(property: ICAL.Property): RowRefused {
  return new RowRefused(property.name, property.toICALString(), 'is no time');
}
