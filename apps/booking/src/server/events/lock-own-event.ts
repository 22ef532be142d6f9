import type { Transaction } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { DB } from '#server/database-types.ts';
import type { Event } from './event.ts';
import { maySee, noSuchEvent, refuseStranger } from './event-access.ts';
import { lockEvent } from './event-queries.ts';

/** Locks an event for a change by who runs it; `not-found` when they may not see it, `forbidden` when it is not theirs. */
export async function lockOwnEvent(trx: Transaction<DB>, id: number, actor: Identity): Promise<Event> {
  const event = await lockEvent(trx, id);
  if (!event || !(await maySee(trx, event, actor))) throw noSuchEvent();
  refuseStranger(event, actor);
  return event;
}
