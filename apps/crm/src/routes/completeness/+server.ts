import { shapeCompleteness } from '#server/notifications/read-completeness.ts';
import type { RequestHandler } from './$types';

/** What the inbox's foot says, for the window that stays open. */
export const GET: RequestHandler = async ({ locals: { app, facilitator } }) => {
  if (!facilitator) return new Response(null, { status: 401 });
  const completeness = shapeCompleteness(await app.readCompleteness(facilitator.facilitatorId));
  return Response.json(completeness, { headers: { 'cache-control': 'no-store' } });
};
