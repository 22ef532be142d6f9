import { composeCalendar } from '#server/calendar/compose-calendar.ts';
import { hasEnded } from './booking.ts';
import type { Visit } from './visit.ts';

/**
 * A visit as an iCalendar file. The same booking is the same entry again, and a cancelled one takes it out of the
 * calendar. `url` is the booking's page, whose host makes the identifier unique in the world.
 */
export function calendarFileOf(visit: Visit, { url, now }: { url: string; now: Date }): string {
  const { event, version } = visit;
  const isOff = hasEnded(visit.status) || event.cancelled_at !== null;
  const entry = {
    uid: `booking-${visit.id}@${new URL(url).host}`,
    // Above whatever was told while the booking stood, also where its event is off and it was not touched.
    sequence: version - 1 + (isOff ? 1 : 0),
    startsAt: event.date_time,
    minutes: event.duration,
    title: event.title,
    description: [event.summary, `With ${event.facilitator.name}.`, url].filter(Boolean).join('\n'),
    place: event.place ?? (event.online ? 'Online' : null),
    url,
    isOff,
  };
  return composeCalendar([entry], { now });
}
