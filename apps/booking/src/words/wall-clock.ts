import { clockFormat } from './clock-format.ts';

const DATE = clockFormat({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
const DAY = clockFormat({ weekday: 'long', day: 'numeric', month: 'long' });
const SHORT_DAY = clockFormat({ weekday: 'short', day: 'numeric', month: 'short' });
const TIME = clockFormat({ hour: '2-digit', minute: '2-digit' });
const HOUR = clockFormat({ hour: '2-digit', hourCycle: 'h23' });
const amounts = new Map<string, Intl.NumberFormat>();

/** A start and an end as people read them where it happens, e.g. `Fri 4 Dec 2026, 17:00 – Sun 6 Dec 2026, 14:00`. */
export function wallClock(start: Date, minutes: number, timeZone: string): string {
  const end = new Date(start.getTime() + minutes * 60_000);
  const [from, to] = [start, end].map((instant) => ({
    day: DATE(timeZone).format(instant).replace(',', ''),
    time: timeOfDay(instant, timeZone),
  })) as [DayAndTime, DayAndTime];
  return from.day === to.day
    ? `${from.day}, ${from.time}–${to.time}`
    : // The dash stays with what it follows.
      `${from.day}, ${from.time}\u00a0– ${to.day}, ${to.time}`;
}

interface DayAndTime {
  day: string;
  time: string;
}

/** A moment as people read it where something happens: `Fri 4 Dec 2026, 17:00`. */
export function momentInWords(instant: Date, timeZone: string): string {
  return wallClock(instant, 0, timeZone).split('–', 1)[0] ?? '';
}

/** Whose clock that is, in words: `Lisbon time` for `Europe/Lisbon`. */
export function zoneInWords(timeZone: string): string {
  const city = timeZone.split('/').at(-1)?.replaceAll('_', ' ') ?? timeZone;
  return timeZone.includes('/') && !timeZone.startsWith('Etc/') ? `${city} time` : city;
}

/** An amount in a currency, without cents that are none: `€12.50`, `€90`; `Free` when it is nothing. */
export function priceInWords(amount: number, currency: string): string {
  if (amount === 0) return 'Free';
  let format = amounts.get(currency);
  if (!format) {
    format = new Intl.NumberFormat('en', { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' });
    amounts.set(currency, format);
  }
  return format.format(amount);
}

/** How many can still come. */
export function placesLeft(count: number): string {
  if (count <= 0) return 'Full';
  return count === 1 ? '1 place left' : `${count} places left`;
}

/** The day on which something is, in full: `Tuesday 1 December`. */
export function dayInWords(instant: Date, timeZone: string): string {
  return DAY(timeZone).format(instant).replace(',', '');
}

/** The same in few letters: `Tue 1 Dec`. */
export function dayInShort(instant: Date, timeZone: string): string {
  return SHORT_DAY(timeZone).format(instant).replace(',', '');
}

/** The hour of the day, 0 to 23, at which something begins. */
export function hourOf(instant: Date, timeZone: string): number {
  return Number(HOUR(timeZone).format(instant));
}

/** The wall time at which something begins: `19:30`. */
export function timeOfDay(instant: Date, timeZone: string): string {
  return TIME(timeZone).format(instant);
}

/** How long something lasts: `45 min`, `1 h 15 min`, `2 days`. */
export function lengthInWords(minutes: number): string {
  const days = Math.ceil(minutes / 1440);
  if (minutes >= 1440) return days === 1 ? '1 day' : `${days} days`;
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return [hours > 0 && `${hours} h`, rest > 0 && `${rest} min`].filter(Boolean).join(' ') || '0 min';
}

/** The same to the minute, as people type it: `1 h 15 min`, `2 days 22 h`. */
export function lengthTyped(minutes: number): string {
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const rest = minutes % 60;
  return [days > 0 && `${days} ${days === 1 ? 'day' : 'days'}`, hours > 0 && `${hours} h`, rest > 0 && `${rest} min`]
    .filter(Boolean)
    .join(' ');
}
