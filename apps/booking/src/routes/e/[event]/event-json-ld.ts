import { type Event, seatsLeft } from '#server/events/event.ts';
import { eventPath, picturePath } from '../../event-card.ts';

const DESCRIPTION_MOST = 500;

interface Told {
  /** Our public address. */
  site: string;
  studio: string;
  /** Since when it is offered. */
  since: Date | undefined;
}

/** An event for programs that read pages, in the words of schema.org. */
export function eventJsonLd(event: Event, { site, studio, since }: Told): object {
  const url = site + eventPath(event);
  const clock = (moment: Date) => momentWithOffset(moment, event.time_zone);
  const end = new Date(event.date_time.getTime() + event.duration * 60_000);
  return {
    '@context': 'https://schema.org',
    '@type': 'Event',
    name: event.title,
    description: (event.summary ?? event.description).slice(0, DESCRIPTION_MOST) || event.title,
    url,
    image: [site + picturePath(event)],
    startDate: clock(event.date_time),
    endDate: clock(end),
    ...(event.moved_from && { previousStartDate: clock(event.moved_from) }),
    eventStatus: `https://schema.org/${statusOf(event)}`,
    eventAttendanceMode: `https://schema.org/${attendanceOf(event)}EventAttendanceMode`,
    location: locationOf(event, { url, studio }),
    organizer: { '@type': 'Organization', name: studio, url: site },
    performer: {
      '@type': 'Person',
      name: event.facilitator.name,
      url: `${site}/facilitators/${event.facilitator.id}`,
    },
    offers: {
      '@type': 'Offer',
      url,
      price: event.price.toFixed(2),
      priceCurrency: event.currency,
      availability: `https://schema.org/${seatsLeft(event) > 0 ? 'InStock' : 'SoldOut'}`,
      ...(since && { validFrom: clock(since) }),
    },
  };
}

function statusOf({ cancelled_at, moved_from }: Event): string {
  if (cancelled_at) return 'EventCancelled';
  return moved_from ? 'EventRescheduled' : 'EventScheduled';
}

function attendanceOf({ online, place }: Event): string {
  if (!online) return 'Offline';
  return place ? 'Mixed' : 'Online';
}

function locationOf({ online, place }: Event, { url, studio }: { url: string; studio: string }): object {
  const there = { '@type': 'Place', name: place ?? studio, address: place ?? studio };
  const virtual = { '@type': 'VirtualLocation', url };
  if (!online) return there;
  return place ? [there, virtual] : virtual;
}

/** `2026-12-01T19:30:00+00:00`: what the clock there shows, and how far it is from UTC. */
function momentWithOffset(moment: Date, timeZone: string): string {
  const zoned = Temporal.Instant.fromEpochMilliseconds(moment.getTime()).toZonedDateTimeISO(timeZone);
  return zoned.toString({ timeZoneName: 'never', smallestUnit: 'second' });
}
