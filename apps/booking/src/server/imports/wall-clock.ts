import { RowRefused } from './import-errors.ts';

/**
 * A time as it stands on the studio's wall. `zone` is the place of the clock; `exact` is given when the file states
 * the instant itself (an offset, or UTC).
 */
export interface Wall {
  plain: Temporal.PlainDateTime;
  zone: string;
  exact?: Temporal.Instant;
}

export interface Placed {
  instant: Temporal.Instant;
  note?: string;
}

const DAYS_IN_WEEK = 7;

/** The zone by its name, or undefined. Old names (`US/Pacific`) are kept as they are, capitals are mended. */
export function findZone(name: string): string | undefined {
  // Offsets are no places: their clocks never change, and nobody lives in them.
  if (!/^[A-Za-z]/.test(name)) return undefined;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return Temporal.PlainDateTime.from('2000-01-01').toZonedDateTime(name).timeZoneId;
  } catch {
    return undefined;
  }
}

/**
 * The instant of a wall time. A time the clocks skip is refused; of a time they show twice it is the first, with a
 * note.
 */
export function placeOnEarth(wall: Wall, field: string): Placed {
  if (wall.exact) return { instant: wall.exact };
  const first = wall.plain.toZonedDateTime(wall.zone, { disambiguation: 'earlier' });
  if (!first.toPlainDateTime().equals(wall.plain)) {
    throw new RowRefused(
      field,
      showWall(wall.plain),
      `does not exist in ${wall.zone}: the clocks are put forward over it`,
    );
  }
  const second = wall.plain.toZonedDateTime(wall.zone, { disambiguation: 'later' });
  if (Temporal.ZonedDateTime.compare(first, second) === 0) return { instant: first.toInstant() };
  return {
    instant: first.toInstant(),
    note: `${showWall(wall.plain)} happens twice in ${wall.zone}; the first of the two is taken`,
  };
}

/** A wall time shown for an instant that the file states exactly. */
export function wallOf(exact: Temporal.Instant, zone: string): Wall {
  return { plain: exact.toZonedDateTimeISO(zone).toPlainDateTime(), zone, exact };
}

/** How many weeks from the week of `from` to the week of `to`; weeks begin on Monday. */
export function weeksBetween(from: Temporal.PlainDate, to: Temporal.PlainDate): number {
  return mondayOf(from).until(mondayOf(to), { largestUnit: 'days' }).days / DAYS_IN_WEEK;
}

/** The same day of the week and the same time on the wall, some weeks later; an exact instant is then exact no more. */
export function moveWeeks(wall: Wall, weeks: number): Wall {
  if (weeks === 0) return wall;
  return { plain: wall.plain.add({ weeks }), zone: wall.zone };
}

/** E.g. `Mon 7 Dec 2026 18:30`. */
export function showWall(plain: Temporal.PlainDateTime): string {
  const day = plain.toLocaleString('en-GB', {
    calendar: 'gregory',
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  });
  return `${day.replace(',', '')} ${plain.toPlainTime().toString({ smallestUnit: 'minute' })}`;
}

function mondayOf(date: Temporal.PlainDate): Temporal.PlainDate {
  return date.subtract({ days: date.dayOfWeek - 1 });
}
