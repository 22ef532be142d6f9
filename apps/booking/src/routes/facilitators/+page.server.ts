import { listFacilitators } from '#server/facilitators/list-facilitators.ts';
import type { PageServerLoad } from './$types';

const A_PAGE = 48;

export const load: PageServerLoad = async ({ locals, url }) => {
  const after = url.searchParams.get('after') ?? undefined;
  const { items, next } = await listFacilitators(locals.app.db, { after, limit: A_PAGE });
  return {
    people: items,
    isFirstPage: after === undefined,
    more: next && `/facilitators?${new URLSearchParams({ after: next })}`,
  };
};
