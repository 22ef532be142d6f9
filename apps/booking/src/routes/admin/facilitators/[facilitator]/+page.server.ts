import { rowId } from '@samaya/platform/text-schema.ts';
import { error, fail, redirect } from '@sveltejs/kit';
import { changeFacilitator } from '#server/facilitators/change-facilitator.ts';
import { facilitatorChangesSchema } from '#server/facilitators/facilitator-schemas.ts';
import { getFacilitatorAccount } from '#server/facilitators/get-facilitator-account.ts';
import { requireIdentity } from '../../../require-identity.ts';
import { facilitatorFaults, takenAddress, typedFacilitator, writtenFacilitator } from '../facilitator-form.ts';
import type { Actions, PageServerLoad } from './$types';

const DONE = ['added', 'saved'] as const;

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const { id, name, email, bio, specialties, userId } = await getFacilitatorAccount(locals.app.db, idOf(params));
  return {
    id,
    name,
    userId,
    typed: { name, email, bio: bio ?? '', specialties: specialties ?? '' },
    done: DONE.find((one) => one === url.searchParams.get('done')),
  };
};

export const actions: Actions = {
  async default({ request, locals, params }) {
    const id = idOf(params);
    const typed = typedFacilitator(await request.formData());
    const parsed = facilitatorChangesSchema.safeParse(writtenFacilitator(typed));
    if (!parsed.success) return fail(422, { typed, faults: facilitatorFaults(parsed.error.issues) });
    try {
      await changeFacilitator(locals.app.db, { id, changes: parsed.data }, requireIdentity(locals), locals.facts);
    } catch (refused) {
      return fail(409, { typed, faults: takenAddress(refused) });
    }
    redirect(303, `/admin/facilitators/${id}?done=saved`);
  },
};

function idOf(params: { facilitator: string }): number {
  const id = rowId.safeParse(params.facilitator).data;
  if (id === undefined) error(404);
  return id;
}
