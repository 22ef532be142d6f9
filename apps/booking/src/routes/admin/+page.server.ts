import { countPeople } from '#server/accounts/count-people.ts';
import { countEventsAhead } from '#server/events/count-events-ahead.ts';
import { listDead } from '#server/notifications/replay-dead.ts';
import type { PageServerLoad } from './$types';

const DEAD_MOST = 100;

export const load: PageServerLoad = async ({ locals }) => {
  const { app } = locals;
  const [{ people, facilitators }, ahead, dead] = await Promise.all([
    countPeople(app),
    countEventsAhead(app.db, new Date()),
    listDead(app.db, { limit: DEAD_MOST }),
  ]);
  return { people, facilitators, ahead, dead: dead.length, isMore: dead.length === DEAD_MOST };
};
