import { listFacilitatorAccounts } from '#server/facilitators/list-facilitator-accounts.ts';
import type { PageServerLoad } from './$types';

const FACILITATORS_A_PAGE = 50;

export const load: PageServerLoad = async ({ locals, url }) => {
  const after = url.searchParams.get('after') ?? undefined;
  const { items, next } = await listFacilitatorAccounts(locals.app.db, { after, limit: FACILITATORS_A_PAGE });
  return {
    isFirstPage: after === undefined,
    facilitators: items.map(({ id, name, email, specialties, userId, ahead }) => ({
      id,
      name,
      email,
      specialties,
      signsIn: userId !== null,
      ahead,
    })),
    next: next && `/admin/facilitators?${new URLSearchParams({ after: next })}`,
  };
};
