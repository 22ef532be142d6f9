import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator';

/** Something that happens, as calendars hold it. */
export interface CalendarEntry {
  /** The same for the same thing, in the whole world and for ever. */
  uid: string;
  /** Grows with every change, so that the newer of two entries is known. */
  sequence: number;
  startsAt: Date;
  minutes: number;
  title: string;
  /** Paragraphs. */
  description: string;
  place: string | null;
  url: string;
  /** It will not be: calendars that have it take it out. */
  isOff: boolean;
}

const MINUTE_MS = 60_000;
// How long a calendar that subscribed may wait before it asks again.
const READ_AGAIN_SECONDS = 3600;

/** An iCalendar file (RFC 5545); with a `name` it is one to subscribe to. Times are UTC, which every reader knows. */
export function composeCalendar(
  entries: readonly CalendarEntry[],
  { now, name }: { now: Date; name?: string | undefined },
): string {
  const calendar = ical({
    prodId: { company: 'Samaya', product: 'Booking', language: 'EN' },
    method: ICalCalendarMethod.PUBLISH,
    // The library escapes the texts of entries, but not this one.
    ...(name !== undefined && { name: escapeText(plain(name)), ttl: READ_AGAIN_SECONDS }),
  });
  for (const { uid, sequence, startsAt, minutes, title, description, place, url, isOff } of entries) {
    calendar.createEvent({
      id: uid,
      sequence,
      stamp: now,
      start: startsAt,
      end: new Date(startsAt.getTime() + minutes * MINUTE_MS),
      summary: plain(title).replaceAll('\n', ' '),
      description: plain(description),
      location: place === null ? null : plain(place).replaceAll('\n', ' '),
      url,
      status: isOff ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    });
  }
  return `${calendar.toString()}\r\n`;
}

/** Line breaks of one kind, and nothing that a calendar may not hold: control characters and halves of characters. */
function plain(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(/(?!\n)\p{Cc}/gu, ' ');
}

function escapeText(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replaceAll('\n', '\\n');
}
