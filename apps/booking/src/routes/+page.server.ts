import { listEvents } from '#server/events/list-events.ts';
import { listFacilitators } from '#server/facilitators/list-facilitators.ts';
import { dayInWords, zoneInWords } from '../words/wall-clock.ts';
import type { PageServerLoad } from './$types';
import { cardOf, type EventCard } from './event-card.ts';
import { dateChips } from './events/event-filter.ts';

const NEXT_UP = 12;
const RETREATS = 3;
const FACILITATORS = 6;

export const load: PageServerLoad = async ({ locals }) => {
  const { db } = locals.app;
  const { timeZone } = locals.studio;
  const [next, retreats, facilitators] = await Promise.all([
    listEvents(db, { search: '', filter: {}, after: undefined, limit: NEXT_UP }),
    listEvents(db, { search: '', filter: { event_type: 'retreat' }, after: undefined, limit: RETREATS }),
    listFacilitators(db, { after: undefined, limit: FACILITATORS }),
  ]);
  const days: { day: string; events: EventCard[] }[] = [];
  for (const event of next.items) {
    const day = dayInWords(event.date_time, timeZone);
    if (days.at(-1)?.day !== day) days.push({ day, events: [] });
    days.at(-1)?.events.push(cardOf(event));
  }
  return {
    days,
    zone: zoneInWords(timeZone),
    retreats: retreats.items.map(cardOf),
    facilitators: facilitators.items,
    chips: dateChips(new Date(), timeZone),
  };
};
