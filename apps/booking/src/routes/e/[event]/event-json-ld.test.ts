import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '#server/events/event.ts';
import { jsonLdText } from '../../json-ld-text.ts';
import { eventJsonLd } from './event-json-ld.ts';

const EVENT: Event = {
  id: 7,
  title: 'Yin by lamplight',
  description: 'Long holds.',
  event_type: 'session',
  date_time: new Date('2026-12-01T19:30:00Z'),
  duration: 75,
  max_participants: 10,
  price: 16,
  facilitator_id: 3,
  is_active: true,
  seats_taken: 4,
  time_zone: 'Europe/Lisbon',
  currency: 'EUR',
  place: 'Sala do Rio, Lisbon',
  online: false,
  practice: 'yin',
  level: null,
  summary: null,
  cancelled_at: null,
  moved_from: null,
  facilitator: { id: 3, name: 'Maya Lind' },
};

// biome-ignore lint/suspicious/noExplicitAny: as a reader of the page, who knows no type.
function told(event: Partial<Event> = {}): any {
  const since = new Date('2026-07-01T08:00:00Z');
  const about = eventJsonLd({ ...EVENT, ...event }, { site: 'https://book.example.org', studio: 'Studio', since });
  return JSON.parse(jsonLdText(about));
}

test('says of an event all that search engines ask for', () => {
  assert.deepEqual(told(), {
    '@context': 'https://schema.org',
    '@type': 'Event',
    name: 'Yin by lamplight',
    description: 'Long holds.',
    url: 'https://book.example.org/e/7-yin-by-lamplight',
    image: ['https://book.example.org/e/7/picture.png'],
    startDate: '2026-12-01T19:30:00+00:00',
    endDate: '2026-12-01T20:45:00+00:00',
    eventStatus: 'https://schema.org/EventScheduled',
    eventAttendanceMode: 'https://schema.org/OfflineEventAttendanceMode',
    location: { '@type': 'Place', name: 'Sala do Rio, Lisbon', address: 'Sala do Rio, Lisbon' },
    organizer: { '@type': 'Organization', name: 'Studio', url: 'https://book.example.org' },
    performer: { '@type': 'Person', name: 'Maya Lind', url: 'https://book.example.org/facilitators/3' },
    offers: {
      '@type': 'Offer',
      url: 'https://book.example.org/e/7-yin-by-lamplight',
      price: '16.00',
      priceCurrency: 'EUR',
      availability: 'https://schema.org/InStock',
      validFrom: '2026-07-01T09:00:00+01:00',
    },
  });
});

test('times are those of the place, with their distance from UTC, also over a change of clocks', () => {
  const { startDate, endDate } = told({
    time_zone: 'America/New_York',
    date_time: new Date('2026-10-31T22:00:00Z'),
    duration: 24 * 60,
  });
  assert.deepEqual([startDate, endDate], ['2026-10-31T18:00:00-04:00', '2026-11-01T17:00:00-05:00']);
  assert.equal(told({ time_zone: 'Asia/Kathmandu' }).startDate, '2026-12-02T01:15:00+05:45');
  assert.equal(told({ time_zone: 'UTC' }).startDate, '2026-12-01T19:30:00+00:00');
});

test('says what has become of it, and where it can be joined', () => {
  const moved = told({ moved_from: new Date('2026-11-30T19:30:00Z') });
  assert.match(moved.eventStatus, /EventRescheduled$/);
  assert.equal(moved.previousStartDate, '2026-11-30T19:30:00+00:00');
  assert.match(told({ cancelled_at: new Date() }).eventStatus, /EventCancelled$/);
  assert.match(told({ seats_taken: 10 }).offers.availability, /SoldOut$/);
  const online = told({ online: true, place: null });
  assert.match(online.eventAttendanceMode, /OnlineEventAttendanceMode$/);
  assert.equal(online.location['@type'], 'VirtualLocation');
  const both = told({ online: true });
  assert.match(both.eventAttendanceMode, /MixedEventAttendanceMode$/);
  assert.deepEqual(
    both.location.map((each: { '@type': string }) => each['@type']),
    ['Place', 'VirtualLocation'],
  );
  assert.equal(told({ place: null }).location.name, 'Studio');
});

test('a hostile title ends no script, and arrives as it is', () => {
  const title = '</script><script>alert(1)</script><!-- & "';
  const about = eventJsonLd({ ...EVENT, title }, { site: 'https://x.example', studio: '</script>', since: undefined });
  assert.doesNotMatch(jsonLdText(about), /[<>]/);
  assert.equal(told({ title }).name, title);
});
