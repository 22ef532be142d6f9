import { hasEnded } from './booking.ts';
import type { Visit } from './visit.ts';

const MINUTE_MS = 60_000;
const LINE_BYTES = 75;

/**
 * A visit as an iCalendar file (RFC 5545). The same booking is the same entry again, and a cancelled one takes it out
 * of the calendar. `url` is the booking's page, whose host makes the identifier unique in the world.
 */
export function calendarFileOf(visit: Visit, { url, now }: { url: string; now: Date }): string {
  const { event } = visit;
  const isOff = hasEnded(visit.status) || event.cancelled_at !== null;
  const end = new Date(event.date_time.getTime() + event.duration * MINUTE_MS);
  const description = [event.summary, `With ${event.facilitator.name}.`, url].filter(Boolean).join('\n');
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Samaya//Booking//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    'BEGIN:VEVENT',
    `UID:booking-${visit.id}@${new URL(url).host}`,
    `DTSTAMP:${utc(now)}`,
    `SEQUENCE:${isOff ? 1 : 0}`,
    `DTSTART:${utc(event.date_time)}`,
    `DTEND:${utc(end)}`,
    `SUMMARY:${escapeText(event.title)}`,
    `DESCRIPTION:${escapeText(description)}`,
    ...(event.place || event.online ? [`LOCATION:${escapeText(event.place ?? 'Online')}`] : []),
    `URL:${url}`,
    `STATUS:${isOff ? 'CANCELLED' : 'CONFIRMED'}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ]
    .map((line) => `${fold(line)}\r\n`)
    .join('');
}

function utc(instant: Date): string {
  return instant.toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function escapeText(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replace(/\r\n?|\n/g, '\\n');
}

/** Lines have 75 bytes at most, and no character is cut in two; what continues begins with a space. */
function fold(line: string): string {
  let folded = '';
  let bytes = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (bytes + size > LINE_BYTES) {
      folded += '\r\n ';
      bytes = 1;
    }
    folded += character;
    bytes += size;
  }
  return folded;
}
