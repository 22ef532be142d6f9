import { visitCardOf } from '../visit-card.ts';
import type { PageServerLoad } from './$types';
import { ownVisit } from './own-visit.ts';

export const load: PageServerLoad = async ({ locals, params }) => ({
  visit: visitCardOf(await ownVisit(locals, params), { now: new Date() }),
});
