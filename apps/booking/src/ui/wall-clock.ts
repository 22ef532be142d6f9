/** A start and an end as people read them where it happens, e.g. `Fri 4 Dec 2026, 17:00 – Sun 6 Dec 2026, 14:00`. */
export function wallClock(start: Date, minutes: number, timeZone: string): string {
  const end = new Date(start.getTime() + minutes * 60_000);
  const [from, to] = [start, end].map((instant) => ({
    day: new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
    })
      .format(instant)
      .replace(',', ''),
    time: new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(instant),
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

/** Whose clock that is, in words: `Lisbon time` for `Europe/Lisbon`. */
export function zoneInWords(timeZone: string): string {
  const city = timeZone.split('/').at(-1)?.replaceAll('_', ' ') ?? timeZone;
  return timeZone.includes('/') && !timeZone.startsWith('Etc/') ? `${city} time` : city;
}

/** An amount in a currency, without cents that are none: `€12.50`, `€90`; `Free` when it is nothing. */
export function priceInWords(amount: number, currency: string): string {
  if (amount === 0) return 'Free';
  return new Intl.NumberFormat('en', { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' }).format(
    amount,
  );
}

/** How many can still come. */
export function placesLeft(count: number): string {
  if (count <= 0) return 'Full';
  return count === 1 ? '1 place left' : `${count} places left`;
}
