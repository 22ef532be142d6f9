import { rowId } from '@samaya/platform/text-schema.ts';
import { error } from '@sveltejs/kit';
import type { Facilitator } from '#server/facilitators/facilitator.ts';
import { findFacilitator } from '#server/facilitators/find-facilitator.ts';

/** The facilitator of an address, or the page that says there is none. */
export async function knownFacilitator(locals: App.Locals, params: { facilitator: string }): Promise<Facilitator> {
  const id = rowId.safeParse(params.facilitator).data;
  const facilitator = id === undefined ? undefined : await findFacilitator(locals.app.db, id);
  if (!facilitator) error(404);
  return facilitator;
}
