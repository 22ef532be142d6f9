import { composeCalendar } from '#server/calendar/compose-calendar.ts';
import { eventPath, whereInWords } from '../../event-card.ts';
import { readBooked } from '../booked-note.ts';
import type { RequestHandler } from './$types';

/** The event alone: the mail, which only its reader has, knows of a booking. */
export const GET: RequestHandler = async ({ locals, url }) => {
  const now = new Date();
  const { event } = await readBooked(locals, url, now);
  const page = `${locals.app.config.bookingUrl}${eventPath(event)}`;
  const entry = {
    uid: `event-${event.id}@${new URL(page).host}`,
    sequence: 0,
    startsAt: event.date_time,
    minutes: event.duration,
    title: event.title,
    description: [event.summary, `With ${event.facilitator.name}.`, page].filter(Boolean).join('\n'),
    place: whereInWords(event),
    url: page,
    isOff: false,
  };
  return new Response(composeCalendar([entry], { now }), {
    headers: {
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': `attachment; filename="event-${event.id}.ics"`,
    },
  });
};
