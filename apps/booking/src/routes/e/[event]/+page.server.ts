import { redirect } from '@sveltejs/kit';
import { findOwnPlace } from '#server/bookings/get-visit.ts';
import { type Event, isPublic, slugOf } from '#server/events/event.ts';
import { findFirstOffered } from '#server/events/find-first-offered.ts';
import { getEvent } from '#server/events/get-event.ts';
import { listRelatedEvents } from '#server/events/list-related-events.ts';
import { findFacilitator } from '#server/facilitators/find-facilitator.ts';
import { momentInWords } from '../../../words/wall-clock.ts';
import { panelOf, readSeats } from '../../booking-panel.ts';
import { cardOf, picturePath } from '../../event-card.ts';
import type { Actions, PageServerLoad } from './$types';
import { bookPlace } from './book-place.ts';
import { eventIdOf } from './event-id.ts';
import { eventJsonLd } from './event-json-ld.ts';
import type { EventState } from './event-texts.ts';

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const { app, identity, studio } = locals;
  const id = eventIdOf(params.event);
  const event = await getEvent(app.db, id, identity);
  // The id decides; the words are for people, and follow the title.
  const address = `${id}-${slugOf(event.title)}`;
  if (params.event !== address) redirect(307, `/e/${address}${url.search}`);
  const [own, facilitator, since, { otherDates, similar }] = await Promise.all([
    identity && findOwnPlace(app.db, { userId: identity.userId, eventId: id }),
    findFacilitator(app.db, event.facilitator_id),
    findFirstOffered(app.db, id),
    listRelatedEvents(app.db, event),
  ]);
  const now = new Date();
  return {
    event: {
      ...cardOf(event),
      timeZone: event.time_zone,
      paragraphs: paragraphsOf(event.description),
      level: event.level,
      isFree: event.price === 0,
      movedFrom: event.moved_from && momentInWords(event.moved_from, event.time_zone),
      state: stateOf(event, now),
      isPublic: isPublic(event),
    },
    terms: paragraphsOf(studio.terms ?? ''),
    facilitator,
    otherDates: otherDates.map(cardOf),
    similar: similar.map(cardOf),
    picture: picturePath(event),
    about: eventJsonLd(event, { site: app.config.bookingUrl, studio: studio.name, since }),
    panel: panelOf(event, own, { seats: readSeats(url.searchParams.get('seats')), now }),
  };
};

export const actions: Actions = { book: bookPlace };

function stateOf(event: Event, now: Date): EventState | null {
  if (event.cancelled_at) return 'cancelled';
  if (event.date_time.getTime() + event.duration * 60_000 <= now.getTime()) return 'over';
  return event.is_active ? null : 'closed';
}

function paragraphsOf(text: string): string[] {
  return text.split(/\n{2,}/).filter((paragraph) => paragraph.trim() !== '');
}
