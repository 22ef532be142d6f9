import { listEventChoices } from '#server/events/list-event-choices.ts';
import { dayOf } from '../../../words/calendar-days.ts';
import { readEventQuery, readView, searchOf, spanOf } from '../event-filter.ts';
import { showInWords } from '../event-list-texts.ts';
import type { RequestHandler } from './$types';

/** What the button of the filters would say, for a script that asks while they are chosen. */
export const GET: RequestHandler = async ({ locals, url }) => {
  const today = dayOf(new Date(), locals.studio.timeZone);
  const asked = spanOf(readEventQuery(url.searchParams), readView(url.searchParams), today);
  const choices = await listEventChoices(locals.app.db, searchOf(asked));
  return new Response(showInWords(choices), { headers: { 'content-type': 'text/plain; charset=utf-8' } });
};
