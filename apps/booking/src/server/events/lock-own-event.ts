import type { Transaction } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { DB } from '#server/database-types.ts';
import { type Event, mayAssist } from './event.ts';
import { maySee, noSuchEvent, refuseStranger, refuseUnlessAssisting } from './event-access.ts';
import { lockEvent } from './event-queries.ts';

/** Locks an event for a change by who runs it; `not-found` when they may not see it, `forbidden` when it is not theirs. */
export async function lockOwnEvent(trx: Transaction<DB>, id: number, actor: Identity): Promise<Event> {
  const event = await lockEvent(trx, id);
  if (!event || !(await maySee(trx, event, actor))) throw noSuchEvent();
  refuseStranger(event, actor);
  return event;
}

/** The same for who runs it or assists at it: for its list, not for the event itself. */
export async function lockAssistedEvent(trx: Transaction<DB>, id: number, actor: Identity): Promise<Event> {
  const event = await lockEvent(trx, id);
  if (!event || !(mayAssist(actor, event) || (await maySee(trx, event, actor)))) throw noSuchEvent();
  refuseUnlessAssisting(event, actor);
  return event;
}
