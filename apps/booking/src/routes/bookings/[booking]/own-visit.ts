import { rowId } from '@samaya/platform/text-schema.ts';
import { error } from '@sveltejs/kit';
import { getVisit } from '#server/bookings/get-visit.ts';
import type { Visit } from '#server/bookings/visit.ts';
import { requireIdentity } from '../../require-identity.ts';

/** The booking in a page's address, if it is the viewer's own; else there is none. */
export async function ownVisit(locals: App.Locals, params: { booking: string }): Promise<Visit> {
  const { userId } = requireIdentity(locals);
  const id = rowId.safeParse(params.booking).data;
  if (id === undefined) error(404);
  return await getVisit(locals.app.db, { id, userId });
}
