import { DomainError } from '@samaya/platform/domain-error.ts';
import { fail, redirect } from '@sveltejs/kit';
import { disablePerson } from '#server/accounts/disable-person.ts';
import { requireIdentity } from '../../../../require-identity.ts';
import { listedPersonOf } from '../../listed-person.ts';
import { personInAddress } from '../../person-in-address.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
  const person = await personInAddress(locals, params);
  return {
    listed: listedPersonOf(person, locals.studio.timeZone),
    isYou: person.id === requireIdentity(locals).userId,
  };
};

export const actions: Actions = {
  disable: async ({ locals, params }) => await setDisabled(locals, params, true),
  enable: async ({ locals, params }) => await setDisabled(locals, params, false),
};

async function setDisabled(locals: App.Locals, params: { person: string }, isDisabled: boolean) {
  const { id } = await personInAddress(locals, params);
  try {
    await disablePerson(locals.app, { userId: id, isDisabled }, requireIdentity(locals), locals.facts);
  } catch (refused) {
    if (!(refused instanceof DomainError) || refused.code !== 'forbidden') throw refused;
    return fail(403, { message: refused.message });
  }
  redirect(303, `/admin/people/${id}?done=${isDisabled ? 'disabled' : 'enabled'}`);
}
