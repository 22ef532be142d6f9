import { getEvent } from '#server/events/get-event.ts';
import { artOf } from '../../../event-card.ts';
import { pictureAnswer } from '../../../picture-answer.ts';
import { eventIdOf } from '../event-id.ts';
import type { RequestHandler } from './$types';

/** The same for everybody, so there is none of what only some may see. */
export const GET: RequestHandler = async ({ locals, params, request }) => {
  const event = await getEvent(locals.app.db, eventIdOf(params.event), undefined);
  return await pictureAnswer(request, locals.app.pictures, artOf(event));
};
