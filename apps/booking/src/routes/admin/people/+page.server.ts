import { listPeople } from '#server/accounts/list-people.ts';
import type { PageServerLoad } from './$types';
import { listedPersonOf } from './listed-person.ts';

const PEOPLE_A_PAGE = 50;
const SEARCH_MOST = 200;

export const load: PageServerLoad = async ({ locals, url }) => {
  const search = (url.searchParams.get('q') ?? '').trim().slice(0, SEARCH_MOST).toWellFormed().replaceAll('\0', '');
  const after = url.searchParams.get('after') ?? undefined;
  const { items, next } = await listPeople(locals.app, { search, after, limit: PEOPLE_A_PAGE });
  const { timeZone } = locals.studio;
  return {
    search,
    isFirstPage: after === undefined,
    isDeleted: url.searchParams.get('done') === 'deleted',
    people: items.map((person) => listedPersonOf(person, timeZone)),
    next: next && `/admin/people?${new URLSearchParams({ ...(search && { q: search }), after: next })}`,
  };
};
