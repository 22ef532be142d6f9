import { fail, redirect } from '@sveltejs/kit';
import { removePerson } from '#server/accounts/remove-person.ts';
import { expectRefusal } from '../../../../expect-refusal.ts';
import { requireIdentity } from '../../../../require-identity.ts';
import { personInAddress, personInQuestion } from '../../person-in-address.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, params }) => personInQuestion(locals, params);

export const actions: Actions = {
  async default({ locals, params, setHeaders }) {
    const { id } = await personInAddress(locals, params);
    try {
      await removePerson(locals.app, id, requireIdentity(locals), locals.facts);
    } catch (refused) {
      const { status, message } = expectRefusal(refused, { forbidden: 403 }, setHeaders);
      return fail(status, { message });
    }
    redirect(303, '/admin/people?done=deleted');
  },
};
