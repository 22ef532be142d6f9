import { cardOf } from '../event-card.ts';
import type { PageServerLoad } from './$types';
import { readBooked } from './booked-note.ts';

export const load: PageServerLoad = async ({ locals, url }) => {
  const { event, email } = await readBooked(locals, url, new Date());
  return {
    event: { ...cardOf(event), timeZone: event.time_zone },
    email,
    calendar: `/booked/calendar.ics${url.search}`,
  };
};
