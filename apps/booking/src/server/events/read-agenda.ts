import type { Kysely } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { DB } from '#server/database-types.ts';
import type { Event } from './event.ts';
import { worksAtEventsOf } from './event-access.ts';
import {
  selectEventsBetween,
  selectOutlook,
  selectUnmarkedEvents,
  type UnmarkedEvent,
} from './organised-event-queries.ts';

/** What an organiser wants to know in the morning. */
export interface Agenda {
  /** On today, retreats in their course too. */
  today: Event[];
  /** Begins within the seven days after today. */
  next: Event[];
  /** How many events are ahead at all. */
  ahead: number;
  /** Of these, how many take no bookings. */
  closed: number;
  /** Whether anything begins in the calendar week after this one. */
  hasNextWeek: boolean;
  /** Over for a week or less, with people of whom nobody noted whether they came. */
  unmarked: UnmarkedEvent[];
}

const EVENTS_MOST = 100;
const UNMARKED_MOST = 3;

/** The agenda of somebody who runs events or assists at them, an admin's is everybody's; days are those of the studio's clock. */
export async function readAgenda(
  db: Kysely<DB>,
  { timeZone, now }: { timeZone: string; now: Date },
  actor: Identity,
): Promise<Agenda> {
  const facilitatorIds = worksAtEventsOf(actor);
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone).startOfDay();
  const tomorrow = today.add({ days: 1 });
  const monday = today.add({ days: 8 - today.dayOfWeek });
  const [on, next, outlook, unmarked] = await Promise.all([
    selectEventsBetween(db, { facilitatorIds, is: 'on', from: at(today), to: at(tomorrow), limit: EVENTS_MOST }),
    selectEventsBetween(db, {
      facilitatorIds,
      is: 'beginning',
      from: at(tomorrow),
      to: at(tomorrow.add({ days: 7 })),
      limit: EVENTS_MOST,
    }),
    selectOutlook(db, { facilitatorIds, from: at(monday), to: at(monday.add({ days: 7 })) }),
    selectUnmarkedEvents(db, { facilitatorIds, since: at(today.subtract({ days: 7 })), limit: UNMARKED_MOST }),
  ]);
  return {
    today: on,
    next,
    ahead: outlook.ahead,
    closed: outlook.closed,
    hasNextWeek: outlook.between > 0,
    unmarked,
  };
}

function at(moment: Temporal.ZonedDateTime): Date {
  return new Date(moment.epochMilliseconds);
}
