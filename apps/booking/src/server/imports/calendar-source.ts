import ICAL from 'ical.js';
import { type CalendarBlock, readCalendarBlocks } from './calendar-blocks.ts';
import { expand, type Horizon } from './calendar-recurrence.ts';
import { type CalendarTime, firstTime, onWallOf, toWall, type ZoneRules } from './calendar-times.ts';
import { RowRefused } from './import-errors.ts';
import { LONGEST_MINUTES } from './read-value.ts';
import type { Refusal, RowTime, Skip, SourceRow } from './schedule.ts';
import { findZone } from './wall-clock.ts';

/** The columns a calendar's event has, for mappings. */
export const CALENDAR_COLUMNS = [
  'summary',
  'description',
  'location',
  'categories',
  'status',
  'organizer_name',
  'organizer_email',
  'url',
  'uid',
  'event_type',
] as const;

/** What becomes of them without a mapping. */
export const CALENDAR_FIELDS = {
  title: 'summary',
  description: 'description',
  place: 'location',
  facilitator_name: 'organizer_name',
  facilitator_email: 'organizer_email',
  event_type: 'event_type',
} as const;

export interface CalendarOptions {
  /** `--zone`, or the mapping's zone. */
  zone: string | undefined;
  /** Where the calendar itself names none. */
  fallbackZone?: string | undefined;
  studioZone: string;
  zones: ReadonlyMap<string, string>;
  horizon: Horizon;
}

export interface CalendarRows {
  rows: SourceRow[];
  refused: Refusal[];
  skipped: Skip[];
  /** What the reader decided, e.g. where a series without an end was cut. */
  notes: string[];
}

interface CalendarEvent {
  block: CalendarBlock;
  component: ICAL.Component;
  uid: string;
  where: string;
  rules: ZoneRules;
}

/** Reads an iCalendar file: a row for each event and each occurrence of a series. Throws an ImportError for what is none. */
export function readCalendar(text: string, options: CalendarOptions): CalendarRows {
  const { blocks, zoneNames } = readCalendarBlocks(text);
  const result: CalendarRows = { rows: [], refused: [], skipped: [], notes: [] };
  const masters = new Map<string, CalendarEvent>();
  const changes = new Map<string, CalendarEvent[]>();
  for (const block of blocks) {
    if (!block.component) {
      result.refused.push({
        where: `line ${block.line}`,
        field: 'event',
        value: '',
        reason: `cannot be read: ${block.problem}`,
      });
      continue;
    }
    const uid = textOf(block.component, 'uid') || `line-${block.line}`;
    const floating = options.zone ?? findZone(block.calendarZone ?? '') ?? options.fallbackZone;
    const rules = { floating, display: floating ?? options.studioZone, mapped: options.zones, zoneNames };
    const event = { block, component: block.component, uid, where: `line ${block.line}, UID ${uid}`, rules };
    if (block.component.hasProperty('recurrence-id')) changes.set(uid, [...(changes.get(uid) ?? []), event]);
    else keepNewest(event, masters, result);
  }
  for (const event of masters.values()) {
    attempt(event, result, () => addEvent(event, changes.get(event.uid) ?? [], options.horizon, result));
    changes.delete(event.uid);
  }
  for (const event of [...changes.values()].flat()) attempt(event, result, () => addLoneChange(event, result));
  return result;
}

// Calendars keep old versions of an event; the highest SEQUENCE counts.
function keepNewest(event: CalendarEvent, masters: Map<string, CalendarEvent>, result: CalendarRows) {
  const other = masters.get(event.uid);
  const [newest, older] = other && sequenceOf(other) >= sequenceOf(event) ? [other, event] : [event, other];
  masters.set(event.uid, newest);
  if (!older) return;
  const reason = `is there twice; ${newest.where} is taken`;
  result.refused.push({ where: older.where, field: 'uid', value: event.uid, reason });
}

function attempt(event: CalendarEvent, result: CalendarRows, work: () => void) {
  try {
    work();
  } catch (error) {
    const where = event.where;
    if (error instanceof RowRefused) {
      result.refused.push({ where, field: error.field, value: error.value, reason: error.message });
      return;
    }
    // The library throws plain errors for values that are not what their property promises.
    result.refused.push({
      where,
      field: 'event',
      value: textOf(event.component, 'summary'),
      reason: `cannot be read: ${(error as Error).message}`,
    });
  }
}

function addEvent(event: CalendarEvent, changes: CalendarEvent[], horizon: Horizon, result: CalendarRows) {
  const { component, rules } = event;
  const start = startOf(event);
  const isSeries = component.hasProperty('rrule') || component.hasProperty('rdate');
  if (!isSeries && changes.length === 0) {
    addRow(event, start, result, [event.uid]);
    return;
  }
  if (isCancelled(event)) {
    result.skipped.push(cancelled(event));
    return;
  }
  const { starts, cut } = expand(component, start, rules, horizon);
  if (cut) result.notes.push(`${event.where}: ${cut}`);
  const single = new Map<string, CalendarEvent>();
  const onwards: { from: Temporal.PlainDateTime; change: CalendarEvent }[] = [];
  for (const change of changes) {
    const id = firstTime(change.component, 'recurrence-id', rules);
    if (!id) throw new RowRefused('recurrence-id', '', 'is no time');
    const original = onWallOf(id, start);
    const range = change.component.getFirstProperty('recurrence-id')?.getFirstParameter('range');
    if (range?.toUpperCase() === 'THISANDFUTURE') onwards.push({ from: original, change });
    const matched = starts.find(
      (one) => one.equals(original) || (id.isDate && one.toPlainDate().equals(original.toPlainDate())),
    );
    // A change of an occurrence that the rule no longer has stands by itself.
    if (matched) single.set(matched.toString(), change);
    else attempt(change, result, () => addRow(change, startOf(change), result, [event.uid, `moved ${original}`]));
  }
  onwards.sort((one, other) => Temporal.PlainDateTime.compare(one.from, other.from));
  const seen = new Map<string, number>();
  for (const plain of starts) {
    const day = plain.toPlainDate().toString();
    const number = (seen.get(day) ?? 0) + 1;
    seen.set(day, number);
    const identity = [event.uid, number === 1 ? day : `${day} ${number}`];
    const change = single.get(plain.toString());
    const onward = onwards.findLast(({ from }) => Temporal.PlainDateTime.compare(from, plain) <= 0);
    attempt(change ?? event, result, () => {
      if (change) addRow(change, startOf(change), result, identity);
      else if (onward) addShifted(onward, plain, result, identity);
      else addRow(event, { ...start, plain }, result, identity);
    });
  }
}

// “This and all following”: the later ones move by as much as the changed one did.
function addShifted(
  { from, change }: { from: Temporal.PlainDateTime; change: CalendarEvent },
  plain: Temporal.PlainDateTime,
  result: CalendarRows,
  identity: string[],
) {
  const changed = startOf(change);
  addRow(change, { ...changed, plain: plain.add(from.until(changed.plain)) }, result, identity);
}

function addLoneChange(change: CalendarEvent, result: CalendarRows) {
  const id = firstTime(change.component, 'recurrence-id', change.rules);
  addRow(change, startOf(change), result, [change.uid, id?.plain.toPlainDate().toString() ?? '']);
}

function addRow(event: CalendarEvent, start: CalendarTime, result: CalendarRows, identity: string[]) {
  if (isCancelled(event)) {
    result.skipped.push(cancelled(event, start));
    return;
  }
  const { component, rules } = event;
  const end = endOf(event, start);
  const minutes = start.plain.until(onWallOf(end, start)).total('minutes');
  const value =
    component.getFirstProperty('dtend')?.toICALString() ??
    component.getFirstProperty('duration')?.toICALString() ??
    component.getFirstProperty('dtstart')?.toICALString() ??
    '';
  if (minutes < 0) throw new RowRefused('dtend', value, `is before it starts (${start.plain})`);
  if (minutes > LONGEST_MINUTES) throw new RowRefused('dtend', value, 'is more than a year after the start');
  const time: RowTime = {
    start: toWall(start, rules.display),
    end: minutes === 0 ? undefined : toWall(end, rules.display),
  };
  result.rows.push({
    where: whereOf(event, start),
    columns: columnsOf(component, start.isDate && minutes > 1440),
    time,
    identity,
  });
}

function startOf({ component, rules }: CalendarEvent): CalendarTime {
  const start = firstTime(component, 'dtstart', rules);
  if (!start) throw new RowRefused('dtstart', '', 'is needed');
  return start;
}

/** The end of the occurrence that starts at `start`: as long, by days and then by clock, as the event itself. */
function endOf(event: CalendarEvent, start: CalendarTime): CalendarTime {
  const { component, rules } = event;
  const own = startOf(event);
  const end = firstTime(component, 'dtend', rules);
  if (end) {
    // Both on the wall of the start: a class from six to seven stays so when the clocks change.
    const length = own.plain.until(onWallOf(end, own), { largestUnit: 'days' });
    return { ...start, plain: start.plain.add(length) };
  }
  const duration = component.getFirstPropertyValue('duration');
  if (duration instanceof ICAL.Duration) {
    const { weeks, days, hours, minutes, seconds, isNegative } = duration;
    const length = Temporal.Duration.from({ days: weeks * 7 + days, hours, minutes, seconds });
    return { ...start, plain: isNegative ? start.plain.subtract(length) : start.plain.add(length) };
  }
  return start.isDate ? { ...start, plain: start.plain.add({ days: 1 }) } : start;
}

function columnsOf(component: ICAL.Component, isLongEvent: boolean): Record<string, string> {
  const organizer = component.getFirstProperty('organizer');
  const address = String(organizer?.getFirstValue() ?? '').replace(/^mailto:/i, '');
  return {
    summary: textOf(component, 'summary'),
    description: textOf(component, 'description') || textOf(component, 'x-alt-desc'),
    location: textOf(component, 'location'),
    categories: component
      .getAllProperties('categories')
      .flatMap((property) => property.getValues())
      .join(', '),
    status: textOf(component, 'status'),
    organizer_name: (organizer?.getFirstParameter('cn') ?? '').replaceAll('"', ''),
    organizer_email: address.includes('@') ? address : '',
    url: textOf(component, 'url'),
    uid: textOf(component, 'uid'),
    event_type: isLongEvent ? 'retreat' : '',
  };
}

function textOf(component: ICAL.Component, name: string): string {
  const value = component.getFirstPropertyValue(name);
  return value === null || value === undefined ? '' : String(value).trim();
}

function isCancelled({ block, component }: CalendarEvent): boolean {
  return block.isCancelled || textOf(component, 'status').toUpperCase() === 'CANCELLED';
}

function cancelled(event: CalendarEvent, start?: CalendarTime): Skip {
  const where = start ? whereOf(event, start) : event.where;
  return { where, value: textOf(event.component, 'summary'), reason: 'is cancelled in the calendar' };
}

function whereOf(event: CalendarEvent, start: CalendarTime): string {
  return `${event.where}, ${start.plain.toString({ smallestUnit: 'minute' })}`;
}

function sequenceOf({ component }: CalendarEvent): number {
  return Number(component.getFirstPropertyValue('sequence') ?? 0) || 0;
}
