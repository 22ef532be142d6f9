import { calendarFileOf } from '#server/bookings/calendar-file.ts';
import { eventPath } from '../../../event-card.ts';
import { guestVisit } from '../guest-visit.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, params }) => {
  const { visit } = await guestVisit(locals, params);
  // Calendars are shared: the link that manages the booking stays out of it.
  const url = `${locals.app.config.bookingUrl}${eventPath(visit.event)}`;
  return new Response(calendarFileOf(visit, { url, now: new Date() }), {
    headers: {
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': `attachment; filename="booking-${visit.id}.ics"`,
    },
  });
};
