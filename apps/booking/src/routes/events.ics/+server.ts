import { composeEventCalendar } from '#server/events/compose-event-calendar.ts';
import { findFacilitator } from '#server/facilitators/find-facilitator.ts';
import { calendarAnswer } from '../calendar-answer.ts';
import { readEventQuery, searchOf } from '../events/event-filter.ts';
import { calendarName } from '../events/event-list-texts.ts';
import { pillsOf } from '../events/event-pills.ts';
import type { RequestHandler } from './$types';

/** The same events as the list at `/events` with the same filters. */
export const GET: RequestHandler = async ({ locals, request, url }) => {
  const { app, studio } = locals;
  const query = readEventQuery(url.searchParams);
  const { facilitator_id: id } = query;
  const facilitator = id === undefined ? undefined : await findFacilitator(app.db, id);
  const known = facilitator ? [{ value: String(facilitator.id), label: facilitator.name }] : [];
  const conditions = pillsOf(query, { params: url.searchParams, facilitators: known, currency: studio.currency });
  const calendar = await composeEventCalendar(app.db, {
    ...searchOf(query),
    name: calendarName(
      studio.name,
      conditions.map(({ label }) => label),
    ),
    site: app.config.bookingUrl,
    now: new Date(),
  });
  return await calendarAnswer(request, calendar);
};
