const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Milliseconds after the first, second, … refusal of a message within which it is tried again. */
export const REFUSAL_STEPS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** A message refused for this long is dead. */
export const GIVE_UP_MS = 3 * DAY;

const FIRST_PROBE_MS = 5 * SECOND;
const LAST_PROBE_MS = 60 * SECOND;

// An IMF-fixdate, RFC 9110; Date.parse alone takes nearly anything for a date.
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Milliseconds until a message refused `refusals` times is tried again: full jitter, so that many do not return at once. */
export function untilNextTry(refusals: number, random: () => number): number {
  const step = REFUSAL_STEPS[Math.min(refusals, REFUSAL_STEPS.length) - 1] ?? FIRST_PROBE_MS;
  return Math.floor(random() * step);
}

/** Milliseconds until a destination that did not answer `probes` times is asked again: 5 s doubling to 60 s, less up to half. */
export function untilNextProbe(probes: number, random: () => number): number {
  const step = Math.min(FIRST_PROBE_MS * 2 ** Math.min(probes, 10), LAST_PROBE_MS);
  return Math.floor(step * (1 - random() / 2));
}

/** Milliseconds that a `Retry-After` header asks for, a day at most; `undefined` when it says nothing usable. */
export function retryAfterMs(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  const wanted = /^\d+$/.test(header)
    ? Number(header) * SECOND
    : HTTP_DATE.test(header)
      ? Date.parse(header) - now.getTime()
      : Number.NaN;
  return wanted >= 0 ? Math.min(wanted, DAY) : undefined;
}
