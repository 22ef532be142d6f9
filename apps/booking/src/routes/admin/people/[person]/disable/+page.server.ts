import { fail, redirect } from '@sveltejs/kit';
import { disablePerson } from '#server/accounts/disable-person.ts';
import { expectRefusal } from '../../../../expect-refusal.ts';
import { requireIdentity } from '../../../../require-identity.ts';
import { personInAddress, personInQuestion } from '../../person-in-address.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = ({ locals, params }) => personInQuestion(locals, params);

export const actions: Actions = {
  disable: async (event) => await setDisabled(event, true),
  enable: async (event) => await setDisabled(event, false),
};

async function setDisabled({ locals, params, setHeaders }: RequestEvent, isDisabled: boolean) {
  const { id } = await personInAddress(locals, params);
  try {
    await disablePerson(locals.app, { userId: id, isDisabled }, requireIdentity(locals), locals.facts);
  } catch (refused) {
    const { status, message } = expectRefusal(refused, { forbidden: 403 }, setHeaders);
    return fail(status, { message });
  }
  redirect(303, `/admin/people/${id}?done=${isDisabled ? 'disabled' : 'enabled'}`);
}
