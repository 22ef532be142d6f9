import { fail, redirect } from '@sveltejs/kit';
import { addFacilitator } from '#server/facilitators/add-facilitator.ts';
import { newFacilitatorSchema } from '#server/facilitators/facilitator-schemas.ts';
import { requireIdentity } from '../../../require-identity.ts';
import {
  facilitatorFaults,
  takenAddress,
  typedFacilitator,
  typedPassword,
  writtenFacilitator,
} from '../facilitator-form.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  async default({ request, locals, url }) {
    const form = await request.formData();
    const typed = typedFacilitator(form);
    const parsed = newFacilitatorSchema.safeParse({ ...writtenFacilitator(typed), password: typedPassword(form) });
    if (!parsed.success) return fail(422, { typed, faults: facilitatorFaults(parsed.error.issues) });
    let id: number;
    try {
      const once = { key: null, method: request.method, path: url.pathname, rawBody: new Uint8Array() };
      const { userId } = requireIdentity(locals);
      const answer = await addFacilitator(locals.app, parsed.data, { userId, origin: locals.facts, ...once });
      ({ id } = JSON.parse(answer.body ?? '') as { id: number });
    } catch (error) {
      return fail(409, { typed, faults: takenAddress(error) });
    }
    redirect(303, `/admin/facilitators/${id}?done=added`);
  },
};
