import { emailAddress, oneLine, paragraphs } from '@samaya/platform/text-schema.ts';
import type { z } from 'zod';
import { RowRefused } from './import-errors.ts';
import type { Field } from './mapping.ts';
import { plainLine, plainText, withoutUnseen } from './plain-text.ts';
import { LONGEST_MINUTES, readCurrency, readMinutes, readPlaces, readPrice, readYesNo } from './read-value.ts';
import type { RowReader } from './row-reader.ts';
import type { DraftFacilitator, EventDraft, RowTime, SourceRow } from './schedule.ts';
import type { TimeFormat } from './time-format.ts';
import { findZone, type Wall, wallOf } from './wall-clock.ts';

const title = oneLine(200);
const description = paragraphs(20_000);
const shortText = oneLine(200);
const summary = oneLine(300);
const personName = oneLine(100);
const MINUTES_IN_DAY = 1440;

export interface RowContext {
  reader: RowReader;
  /** The zone of times that state none: `--zone`, else the mapping's, else the calendar's. */
  zone: string | undefined;
  studio: { timeZone: string; currency: string };
}

/** Makes a row a draft of an event. Throws RowRefused with the field, the value and the reason. */
export function rowToEvent(row: SourceRow, context: RowContext): EventDraft {
  const { reader } = context;
  const value = (field: Field) => reader.value(field, row.columns);
  const notes: string[] = [];
  const draftTitle = checked(title, 'title', plainLine(value('title')));
  const { start, end } = row.time ? calendarTimes(row.time, reader, row) : readTimes(row, context);
  const { price, currency } = priceOf(value, context);
  const uid = value('uid');
  const same =
    reader.same?.map((template) => template(row.columns)) ?? row.identity ?? (uid === '' ? undefined : [uid]);
  if (same?.every((part) => part === '')) {
    throw new RowRefused('same', '', 'is empty: nothing tells this row from others on the second run');
  }
  return {
    where: row.where,
    title: draftTitle,
    description: descriptionOf(value('description'), notes),
    event_type: eventTypeOf(value('event_type'), { start, end, notes }),
    start,
    end,
    max_participants: readPlaces(value('max_participants')),
    price,
    ...(currency && { currency }),
    facilitator: facilitatorOf(value, reader),
    ...optionalText('place', shortText, value),
    ...optionalText('practice', shortText, value),
    ...optionalText('level', shortText, value),
    ...optionalText('summary', summary, value),
    ...(value('online') !== '' && { online: readYesNo('online', value('online')) }),
    ...(value('is_active') !== '' && { is_active: readYesNo('is_active', value('is_active')) }),
    ...(same && { same }),
    notes,
  };
}

function calendarTimes({ start, end }: RowTime, reader: RowReader, row: SourceRow): Pick<EventDraft, 'start' | 'end'> {
  if (end) return { start, end };
  const text = reader.value('duration', row.columns);
  if (text !== '') return { start, end: { minutes: readMinutes(text, reader.mapping.formats.duration) } };
  throw new RowRefused(
    'duration',
    '',
    'is stated by neither DTEND nor DURATION; the mapping\'s "defaults" can give it',
  );
}

function readTimes(row: SourceRow, context: RowContext): { start: Wall; end: EventDraft['end'] } {
  const { reader } = context;
  const text = reader.value('date_time', row.columns);
  const zone = zoneOf(reader.value('time_zone', row.columns), context);
  const start = readTime(text, 'date_time', reader.startFormats, zone, context);
  const endText = reader.value('end', row.columns);
  const end = endText === '' ? start.end : readTime(endText, 'end', reader.endFormats, start.start.zone, context).start;
  const durationText = reader.value('duration', row.columns);
  if (!end && durationText === '') {
    throw new RowRefused('duration', '', 'is needed, or an end, or a range of times');
  }
  if (!end) return { start: start.start, end: { minutes: readMinutes(durationText, reader.mapping.formats.duration) } };
  const minutes = Math.round(start.start.plain.until(end.plain).total('minutes'));
  if (minutes <= 0) {
    const shownEnd = endText === '' ? text : endText;
    throw new RowRefused(endText === '' ? 'date_time' : 'end', shownEnd, endsTooEarly(minutes, text));
  }
  if (minutes > LONGEST_MINUTES) throw new RowRefused('end', endText || text, 'is more than a year after the start');
  return { start: start.start, end };
}

function endsTooEarly(minutes: number, start: string): string {
  return minutes === 0 ? `is the moment it starts (${start})` : `is before it starts (${start})`;
}

function zoneOf(stated: string, { reader, zone }: RowContext): string | undefined {
  if (stated === '') return zone;
  const found = reader.mapping.zones.get(stated) ?? findZone(stated);
  if (!found) {
    throw new RowRefused(
      'time_zone',
      stated,
      'is no time zone such as Europe/Lisbon; the mapping\'s "zones" can name it',
    );
  }
  return found;
}

function readTime(
  text: string,
  field: Field,
  formats: TimeFormat[],
  zone: string | undefined,
  context: RowContext,
): { start: Wall; end?: Wall } {
  if (text === '') throw new RowRefused(field, '', 'is needed');
  if (formats.length > 0) {
    for (const format of formats) {
      const read = format(text);
      if (!read) continue;
      const stated = statedZone(zone, field, text);
      return {
        start: inRange({ plain: read.start, zone: stated }, field, text),
        ...(read.end && { end: { plain: read.end, zone: stated } }),
      };
    }
    throw new RowRefused(field, text, "is not in the mapping's format, or no such day or time");
  }
  return { start: inRange(readIso(text, field, zone, context), field, text) };
}

const ISO = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s*(Z|[+-]\d{2}:?\d{2})?(\[[^\]]+\])?$/i;

function readIso(text: string, field: Field, zone: string | undefined, context: RowContext): Wall {
  const match = ISO.exec(text.trim());
  if (!match) throw new RowRefused(field, text, isoAdvice(text));
  const [, day = '', clock = '', offset, bracketed] = match;
  try {
    if (bracketed) {
      const zoned = Temporal.ZonedDateTime.from(`${day}T${clock}${offset ?? ''}${bracketed}`, { offset: 'reject' });
      return offset
        ? wallOf(zoned.toInstant(), zoned.timeZoneId)
        : { plain: zoned.toPlainDateTime(), zone: zoned.timeZoneId };
    }
    if (offset) return wallOf(Temporal.Instant.from(`${day}T${clock}${offset}`), zone ?? context.studio.timeZone);
    const plain = Temporal.PlainDateTime.from(`${day}T${clock}`, { overflow: 'reject' });
    return { plain, zone: statedZone(zone, field, text) };
  } catch (error) {
    if (error instanceof RowRefused) throw error;
    throw new RowRefused(field, text, 'is no such day or time');
  }
}

function isoAdvice(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text.trim())) return 'has no time of day, e.g. 2026-12-07 18:30';
  return 'is no time such as 2026-12-07 18:30; other ways of writing need a format in the mapping';
}

function statedZone(zone: string | undefined, field: Field, text: string): string {
  if (zone) return zone;
  throw new RowRefused(field, text, 'states no time zone; give --zone, e.g. --zone Europe/Amsterdam');
}

function inRange(wall: Wall, field: Field, text: string): Wall {
  if (wall.plain.year >= 1970 && wall.plain.year <= 2200) return wall;
  throw new RowRefused(field, text, `is in the year ${wall.plain.year}`);
}

function priceOf(value: (field: Field) => string, { reader, studio }: RowContext) {
  const stated = value('currency');
  // A default is what applies when the price itself says nothing; a column of its own must agree with the price.
  const isDefault = reader.mapping.defaults.currency === stated;
  const code = stated === '' ? undefined : readCurrency(stated);
  const text = value('price');
  if (text === '') throw new RowRefused('price', '', 'is needed');
  const read = readPrice(text, {
    ...(code && !isDefault && { stated: code }),
    fallback: code ?? studio.currency,
    ...(reader.mapping.formats.price && { decimal: reader.mapping.formats.price.decimal }),
  });
  return { price: read.price, currency: read.currency ?? code };
}

function descriptionOf(text: string, notes: string[]): string {
  const { text: seen, hadUnseen } = withoutUnseen(plainText(text));
  if (hadUnseen) notes.push('invisible characters were taken out of the description');
  return checked(description, 'description', seen);
}

function eventTypeOf(
  text: string,
  { start, end, notes }: Pick<EventDraft, 'start' | 'end' | 'notes'>,
): 'session' | 'retreat' {
  const word = text.toLowerCase();
  if (word === 'session' || word === 'retreat') return word;
  if (word !== '') throw new RowRefused('event_type', text, 'is neither session nor retreat');
  const minutes = 'minutes' in end ? end.minutes : start.plain.until(end.plain).total('minutes');
  if (minutes <= MINUTES_IN_DAY) return 'session';
  notes.push(`lasts ${Math.round(minutes / 60)} hours, so it is taken as a retreat`);
  return 'retreat';
}

function facilitatorOf(value: (field: Field) => string, reader: RowReader): DraftFacilitator {
  const name = plainLine(value('facilitator_name'));
  const known = reader.mapping.facilitators.get(name);
  const email = known ?? value('facilitator_email');
  return {
    ...(name !== '' && { name: checked(personName, 'facilitator_name', name) }),
    ...(email !== '' && { email: checked(emailAddress, 'facilitator_email', email) }),
    isDerived: known === undefined && reader.isDerivedEmail,
  };
}

function optionalText<Name extends 'place' | 'practice' | 'level' | 'summary'>(
  field: Name,
  schema: z.ZodType<string>,
  value: (field: Field) => string,
): Partial<Record<Name, string>> {
  const text = plainLine(value(field));
  return text === '' ? {} : ({ [field]: checked(schema, field, text) } as Record<Name, string>);
}

function checked(schema: z.ZodType<string>, field: Field, value: string): string {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new RowRefused(field, value, inReport(parsed.error.issues[0]?.message));
}

// The schemas speak of a limit, the report of the value beside it.
function inReport(message = 'cannot be used'): string {
  return message
    .replace(/^is an address/, 'is no address')
    .replace(/^has (\d+) characters at most$/, 'is longer than $1 characters');
}
