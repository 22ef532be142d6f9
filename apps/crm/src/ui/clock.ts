/** A moment as people read it where it happens, e.g. `Tue 1 Dec, 19:00`; with its year when that is not `year`. */
export function dayAndTime(instant: string, timeZone: string, year?: string): string {
  return `${dayOf(instant, timeZone, year)}, ${timeOf(instant, timeZone)}`;
}

/** The day of a moment, e.g. `Tue 1 Dec`; with its year when that is not `year`. */
export function dayOf(instant: string, timeZone: string, year?: string): string {
  const parts = partsOf(instant, timeZone);
  const day = `${parts.weekday} ${parts.day} ${parts.month}`;
  return parts.year === year ? day : `${day} ${parts.year}`;
}

/** The time of day of a moment, e.g. `19:00`. */
export function timeOf(instant: string, timeZone: string): string {
  const { hour, minute } = partsOf(instant, timeZone);
  return `${hour}:${minute}`;
}

/** The year of a moment, e.g. `2026`. */
export function yearOf(instant: string, timeZone: string): string {
  return partsOf(instant, timeZone).year;
}

/** Whose clock that is, in words: `Lisbon time` for `Europe/Lisbon`. */
export function zoneInWords(timeZone: string): string {
  const city = timeZone.split('/').at(-1)?.replaceAll('_', ' ') ?? timeZone;
  return timeZone.includes('/') && !timeZone.startsWith('Etc/') ? `${city} time` : city;
}

type Parts = Record<'weekday' | 'day' | 'month' | 'year' | 'hour' | 'minute', string>;

const formats = new Map<string, Intl.DateTimeFormat>();

// Put together from parts: what stands between them differs from one browser's data to the next.
function partsOf(instant: string, timeZone: string): Parts {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en', {
      timeZone,
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  const parts = format.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]);
  return Object.fromEntries(parts) as Parts;
}
