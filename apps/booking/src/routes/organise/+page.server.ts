import { mayRun } from '#server/events/event.ts';
import { readAgenda } from '#server/events/read-agenda.ts';
import { dayInWords, zoneInWords } from '../../words/wall-clock.ts';
import { requireIdentity } from '../require-identity.ts';
import type { PageServerLoad } from './$types';
import { TODAY } from './organise-texts.ts';
import { organisedEventOf } from './organised-event.ts';

export const load: PageServerLoad = async ({ locals }) => {
  const { app, studio } = locals;
  const identity = requireIdentity(locals);
  const now = new Date();
  const agenda = await readAgenda(app.db, { timeZone: studio.timeZone, now }, identity);
  const isOrganiser = identity.isAdmin || identity.facilitatorId !== null;
  const tasks = [
    ...agenda.unmarked.map(({ id, title, date_time, time_zone, people }) => ({
      sentence: TODAY.unmarked(title, date_time, time_zone, people),
      href: `/organise/events/${id}/roster`,
    })),
    ...(isOrganiser && agenda.closed > 0
      ? [{ sentence: TODAY.closed(agenda.closed), href: '/organise/events?state=closed' }]
      : []),
    ...(isOrganiser && agenda.ahead > 0 && !agenda.hasNextWeek
      ? [{ sentence: TODAY.nothingNextWeek, href: '/organise/events/new' }]
      : []),
  ];
  return {
    day: dayInWords(now, studio.timeZone),
    zone: zoneInWords(studio.timeZone),
    isEmpty: agenda.ahead === 0 && agenda.today.length === 0,
    isOrganiser,
    namesFacilitators: identity.isAdmin || identity.assists.length > 0,
    tasks,
    today: agenda.today.map((event) => organisedEventOf(event, now, mayRun(identity, event))),
    next: agenda.next.map((event) => organisedEventOf(event, now, mayRun(identity, event))),
  };
};
