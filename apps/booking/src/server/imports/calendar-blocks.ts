import ICAL from 'ical.js';
import { ImportError } from './import-errors.ts';

/** One VEVENT as it stands in the file. Each is parsed by itself, so a broken one does not take the others along. */
export interface CalendarBlock {
  line: number;
  component: ICAL.Component | undefined;
  /** Why it could not be parsed. */
  problem: string | undefined;
  /** X-WR-TIMEZONE of its calendar. */
  calendarZone: string | undefined;
  /** The whole calendar is a cancellation. */
  isCancelled: boolean;
}

export interface CalendarFile {
  blocks: CalendarBlock[];
  /** IANA names that VTIMEZONEs of the file give for their TZIDs. */
  zoneNames: Map<string, string>;
}

/** Cuts an iCalendar file into its events. Throws an ImportError for what is no calendar, or ends in the middle. */
export function readCalendarBlocks(text: string): CalendarFile {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  const blocks: CalendarBlock[] = [];
  const zoneNames = new Map<string, string>();
  let calendarZone: string | undefined;
  let isCancelled = false;
  let tzid: string | undefined;
  let start = -1;
  let hasCalendar = false;
  for (const [index, line] of lines.entries()) {
    const name = line.trimEnd().toUpperCase();
    if (start >= 0) {
      if (name === 'BEGIN:VEVENT') throw new ImportError(unfinished(start));
      if (name !== 'END:VEVENT') continue;
      blocks.push({ line: start + 1, ...parseEvent(lines.slice(start, index + 1)), calendarZone, isCancelled });
      start = -1;
    } else if (name === 'BEGIN:VEVENT') start = index;
    else if (name === 'BEGIN:VCALENDAR') {
      hasCalendar = true;
      calendarZone = undefined;
      isCancelled = false;
    } else if (name.startsWith('X-WR-TIMEZONE')) calendarZone = valueBehind(line) || undefined;
    else if (name === 'METHOD:CANCEL') isCancelled = true;
    else if (name.startsWith('TZID')) tzid = valueBehind(line);
    else if (name.startsWith('X-LIC-LOCATION') && tzid !== undefined) zoneNames.set(tzid, valueBehind(line));
  }
  if (!hasCalendar) throw new ImportError('The file is no iCalendar file: it has no BEGIN:VCALENDAR.');
  if (start >= 0) throw new ImportError(unfinished(start));
  return { blocks, zoneNames };
}

function parseEvent(lines: string[]): { component: ICAL.Component | undefined; problem: string | undefined } {
  try {
    const calendar = new ICAL.Component(
      ICAL.parse(['BEGIN:VCALENDAR', ...unfolded(lines).map(markDays), 'END:VCALENDAR'].join('\r\n')),
    );
    return { component: calendar.getFirstSubcomponent('vevent') ?? undefined, problem: undefined };
  } catch (error) {
    return { component: undefined, problem: (error as Error).message };
  }
}

// A line that begins with a space goes on from the one before.
function unfolded(lines: string[]): string[] {
  return lines
    .join('\n')
    .replaceAll(/\n[ \t]/g, '')
    .split('\n');
}

// Many programs write a whole day without saying `VALUE=DATE`.
function markDays(line: string): string {
  return line.replace(
    /^((?:DTSTART|DTEND|RECURRENCE-ID|EXDATE|RDATE)(?:;(?!VALUE=)[^:;]*)*):(?=\d{8}(?:,\d{8})*\s*$)/i,
    '$1;VALUE=DATE:',
  );
}

function valueBehind(line: string): string {
  return line.slice(line.indexOf(':') + 1).trim();
}

function unfinished(start: number): string {
  return `The event that begins on line ${start + 1} never ends; the file was cut off or damaged.`;
}
