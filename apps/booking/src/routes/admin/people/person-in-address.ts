import { rowId } from '@samaya/platform/text-schema.ts';
import { error } from '@sveltejs/kit';
import { getListedPerson } from '#server/accounts/get-listed-person.ts';
import type { ListedPerson } from '#server/accounts/people-queries.ts';
import { requireIdentity } from '../../require-identity.ts';
import { listedPersonOf } from './listed-person.ts';

/** The person in a page's address; who is not there, or no longer, is no page. */
export async function personInAddress(locals: App.Locals, params: { person: string }): Promise<ListedPerson> {
  const id = rowId.safeParse(params.person).data;
  if (id === undefined) error(404);
  return await getListedPerson(locals.app, id);
}

/** That person as a page asks about them, and whether it is the admin who looks. */
export async function personInQuestion(locals: App.Locals, params: { person: string }) {
  const person = await personInAddress(locals, params);
  return {
    listed: listedPersonOf(person, locals.studio.timeZone),
    isYou: person.id === requireIdentity(locals).userId,
  };
}
