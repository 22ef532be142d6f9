import { DomainError } from '@samaya/platform/domain-error.ts';
import { fail, redirect } from '@sveltejs/kit';
import { removePerson } from '#server/accounts/remove-person.ts';
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
  async default({ locals, params }) {
    const { id } = await personInAddress(locals, params);
    try {
      await removePerson(locals.app, id, requireIdentity(locals), locals.facts);
    } catch (refused) {
      if (!(refused instanceof DomainError) || refused.code !== 'forbidden') throw refused;
      return fail(403, { message: refused.message });
    }
    redirect(303, '/admin/people?done=deleted');
  },
};
