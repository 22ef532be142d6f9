import { emailAddress, rowId } from '@samaya/platform/text-schema.ts';
import { fail, redirect } from '@sveltejs/kit';
import { addAssistant } from '#server/assistants/add-assistant.ts';
import { listAssistants } from '#server/assistants/list-assistants.ts';
import { removeAssistant } from '#server/assistants/remove-assistant.ts';
import { listFacilitatorNames } from '#server/facilitators/list-facilitator-names.ts';
import { clockFormat } from '../../../words/clock-format.ts';
import { typedInto } from '../../person-faults.ts';
import { requireIdentity } from '../../require-identity.ts';
import type { Actions, PageServerLoad } from './$types';
import { ASSISTANTS } from './assistants-texts.ts';

const MOST = 500;
const DATE = clockFormat({ day: 'numeric', month: 'short', year: 'numeric' });
const DONE = ['added', 'removed'] as const;

export const load: PageServerLoad = async ({ locals, url }) => {
  const { app, studio } = locals;
  const identity = requireIdentity(locals);
  const assistants = await listAssistants(app.db, MOST, identity);
  return {
    namesFacilitators: identity.isAdmin,
    facilitators: identity.isAdmin ? await listFacilitatorNames(app.db) : [],
    own: identity.facilitatorId,
    assistants: assistants.map(({ id, email, added_at, facilitator }) => ({
      id,
      email,
      facilitator: facilitator.name,
      since: DATE(studio.timeZone).format(added_at),
    })),
    done: DONE.find((one) => one === url.searchParams.get('done')),
  };
};

export const actions: Actions = {
  async add({ request, locals }) {
    const identity = requireIdentity(locals);
    const form = await request.formData();
    const typed = { email: typedInto(form, 'email'), facilitator: typedInto(form, 'facilitator') };
    const email = emailAddress.safeParse(typed.email);
    // Only admins are asked whom.
    const facilitatorId = identity.isAdmin ? rowId.safeParse(typed.facilitator).data : identity.facilitatorId;
    const faults = {
      ...(facilitatorId == null && { facilitator: ASSISTANTS.facilitatorFault }),
      ...(!email.success && { email: ASSISTANTS.emailFault }),
    };
    if (!email.success || facilitatorId == null) return fail(422, { typed, faults });
    await addAssistant(locals.app.db, { facilitatorId, email: email.data }, identity, locals.facts);
    redirect(303, '/organise/assistants?done=added');
  },

  async remove({ request, locals }) {
    const id = rowId.safeParse(typedInto(await request.formData(), 'assistant')).data;
    if (id !== undefined) await removeAssistant(locals.app.db, id, requireIdentity(locals), locals.facts);
    redirect(303, '/organise/assistants?done=removed');
  },
};
