import type { DemoOffer } from './demo-event.ts';
import { DEMO_OCCASIONS } from './demo-occasions.ts';
import { DEMO_SESSIONS } from './demo-sessions.ts';

const KEY_PREFIX = 'demo:';
const DAYS_BACK = 7;
const DAYS_AHEAD = 28;

/** An event the demo studio lacks. */
export interface PlannedEvent {
  offer: DemoOffer;
  /** `demo:<slug>:<yyyy-mm-dd>`: by it a later start knows the event, also a cancelled or a moved one. */
  importKey: string;
  startsAt: Date;
  timeZone: string;
  isCancelled: boolean;
}

/**
 * What is missing for the week behind and the four weeks ahead, by the day it is in the studio. What exists is left
 * as it is; an occasion comes again only when the last one is over.
 */
export function planDemo({
  now,
  timeZone,
  existingKeys,
}: {
  now: Date;
  timeZone: string;
  existingKeys: ReadonlySet<string>;
}): PlannedEvent[] {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone).toPlainDate();
  const planned: PlannedEvent[] = [];
  for (let day = -DAYS_BACK; day < DAYS_AHEAD; day++) {
    const date = today.add({ days: day });
    for (const offer of DEMO_SESSIONS) {
      if (offer.weekdays.includes(date.dayOfWeek)) planned.push(plannedOn(date, offer, timeZone));
    }
  }
  for (const offer of DEMO_OCCASIONS) {
    const soonest = today.add({ days: offer.daysAhead });
    const date = soonest.add({ days: (offer.weekday - soonest.dayOfWeek + 7) % 7 });
    if (!isAhead(offer.slug, today, existingKeys)) planned.push(plannedOn(date, offer, timeZone, offer.isCancelled));
  }
  return planned.filter(({ importKey }) => !existingKeys.has(importKey));
}

function plannedOn(
  date: Temporal.PlainDate,
  offer: DemoOffer,
  studioTimeZone: string,
  isCancelled = false,
): PlannedEvent {
  const timeZone = offer.time_zone ?? studioTimeZone;
  const startsAt = date.toZonedDateTime({ timeZone, plainTime: offer.time });
  return {
    offer,
    importKey: `${KEY_PREFIX}${offer.slug}:${date}`,
    startsAt: new Date(startsAt.epochMilliseconds),
    timeZone,
    isCancelled,
  };
}

function isAhead(slug: string, today: Temporal.PlainDate, existingKeys: ReadonlySet<string>): boolean {
  const prefix = `${KEY_PREFIX}${slug}:`;
  return [...existingKeys].some((key) => key.startsWith(prefix) && key.slice(prefix.length) >= today.toString());
}
