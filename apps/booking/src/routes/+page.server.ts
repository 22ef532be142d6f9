import { listEvents } from '#server/events/list-events.ts';
import { listFacilitators } from '#server/facilitators/list-facilitators.ts';
import { dayOf } from '../words/calendar-days.ts';
import { zoneInWords } from '../words/wall-clock.ts';
import type { PageServerLoad } from './$types';
import { agendaOf } from './event-agenda.ts';
import { cardOf } from './event-card.ts';
import { dateChips } from './events/event-filter.ts';

const NEXT_UP = 12;
const RETREATS = 3;
const FACILITATORS = 6;

export const load: PageServerLoad = async ({ locals }) => {
  const { db } = locals.app;
  const { timeZone } = locals.studio;
  const today = dayOf(new Date(), timeZone);
  const first = { search: '', after: undefined };
  const [next, retreats, facilitators] = await Promise.all([
    listEvents(db, { ...first, filter: {}, limit: NEXT_UP }),
    listEvents(db, { ...first, filter: { event_type: 'retreat' }, limit: RETREATS }),
    listFacilitators(db, { after: undefined, limit: FACILITATORS }),
  ]);
  return {
    days: agendaOf(next.items, { timeZone, today }),
    zone: zoneInWords(timeZone),
    retreats: retreats.items.map(cardOf),
    hasMoreRetreats: retreats.next !== null,
    facilitators: facilitators.items,
    hasMoreFacilitators: facilitators.next !== null,
    chips: dateChips(today).map(({ name, label, from, to }) => ({
      name,
      label,
      href: `/events?${new URLSearchParams({ from, to })}`,
    })),
  };
};
