import { countPeople } from '#server/accounts/count-people.ts';
import { listAdmins } from '#server/accounts/list-admins.ts';
import { listAssistants } from '#server/assistants/list-assistants.ts';
import { requireIdentity } from '../../require-identity.ts';
import type { PageServerLoad } from './$types';

const MOST = 200;

export const load: PageServerLoad = async ({ locals }) => {
  const { app } = locals;
  const [admins, { facilitators }, assistants] = await Promise.all([
    listAdmins(app),
    countPeople(app),
    listAssistants(app.db, MOST, requireIdentity(locals)),
  ]);
  return {
    admins: admins.map(({ disabledAt, ...admin }) => ({ ...admin, isDisabled: disabledAt !== null })),
    facilitators,
    assistants: assistants.map(({ id, email, facilitator }) => ({ id, email, facilitator })),
  };
};
