import { rowId } from '@samaya/platform/text-schema.ts';
import { error } from '@sveltejs/kit';
import { getListedPerson } from '#server/accounts/get-listed-person.ts';
import type { ListedPerson } from '#server/accounts/people-queries.ts';

/** The person in a page's address; who is not there, or no longer, is no page. */
export async function personInAddress(locals: App.Locals, params: { person: string }): Promise<ListedPerson> {
  const id = rowId.safeParse(params.person).data;
  if (id === undefined) error(404);
  return await getListedPerson(locals.app, id);
}
