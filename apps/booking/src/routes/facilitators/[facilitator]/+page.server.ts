import { countPastEvents } from '#server/events/count-past-events.ts';
import { listEvents } from '#server/events/list-events.ts';
import { dayOf } from '../../../words/calendar-days.ts';
import { agendaOf } from '../../event-agenda.ts';
import type { PageServerLoad } from './$types';
import { knownFacilitator } from './known-facilitator.ts';
import { personJsonLd } from './person-json-ld.ts';

const EVENTS_A_PAGE = 12;

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const { app, studio } = locals;
  const facilitator = await knownFacilitator(locals, params);
  const now = new Date();
  const after = url.searchParams.get('after') ?? undefined;
  const filter = { facilitator_id: facilitator.id };
  const [{ items, next }, past] = await Promise.all([
    listEvents(app.db, { search: '', filter, after, limit: EVENTS_A_PAGE }),
    countPastEvents(app.db, { facilitatorId: facilitator.id, now }),
  ]);
  const path = `/facilitators/${facilitator.id}`;
  return {
    facilitator,
    path,
    days: agendaOf(items, { timeZone: studio.timeZone, today: dayOf(now, studio.timeZone) }),
    past,
    isFirstPage: after === undefined,
    later: next && `${path}?${new URLSearchParams({ after: next })}`,
    about: personJsonLd(facilitator, { site: app.config.bookingUrl, studio: studio.name }),
  };
};
