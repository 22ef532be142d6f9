import { listVisitsAhead, listVisitsBehind } from '#server/bookings/list-visits.ts';
import { requireIdentity } from '../require-identity.ts';
import type { PageServerLoad } from './$types';
import { visitCardOf } from './visit-card.ts';

const BEHIND_A_PAGE = 20;

export const load: PageServerLoad = async ({ locals, url }) => {
  const { app } = locals;
  const { userId, email, isProven } = requireIdentity(locals);
  const after = url.searchParams.get('after') ?? undefined;
  const now = new Date();
  const [ahead, behind] = await Promise.all([
    listVisitsAhead(app.db, userId),
    listVisitsBehind(app.db, { userId, after, limit: BEHIND_A_PAGE }),
  ]);
  return {
    unproven: isProven ? undefined : email,
    ahead: ahead.map((visit) => visitCardOf(visit, { now })),
    behind: behind.items.map((visit) => visitCardOf(visit, { now })),
    earlier: behind.next && `/bookings?${new URLSearchParams({ after: behind.next })}#behind`,
  };
};
