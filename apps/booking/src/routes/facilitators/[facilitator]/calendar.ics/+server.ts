import { composeEventCalendar } from '#server/events/compose-event-calendar.ts';
import { calendarAnswer } from '../../../calendar-answer.ts';
import { FACILITATORS } from '../../facilitator-texts.ts';
import { knownFacilitator } from '../known-facilitator.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, params, request }) => {
  const { id, name } = await knownFacilitator(locals, params);
  const { app, studio } = locals;
  const calendar = await composeEventCalendar(app.db, {
    search: '',
    filter: { facilitator_id: id },
    name: FACILITATORS.calendar(name, studio.name),
    site: app.config.bookingUrl,
    now: new Date(),
  });
  return await calendarAnswer(request, calendar);
};
