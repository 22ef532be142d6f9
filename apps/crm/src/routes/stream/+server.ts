import { followStream } from '#server/notifications/follow-stream.ts';
import { answerWithEvents, positionFrom } from '#server/notifications/notification-events.ts';
import type { RequestHandler } from './$types';

/** The stream of the API, for who is signed in to the pages. */
export const GET: RequestHandler = ({ locals, request }) => {
  const { app, facilitator } = locals;
  if (!facilitator) return new Response(null, { status: 204 });
  const from = positionFrom(request.headers.get('last-event-id'));
  return answerWithEvents(followStream(app, { ...facilitator, from }));
};
