import type { Kysely } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { DB } from '#server/database-types.ts';
import { type Event, mayAssist } from './event.ts';
import { maySee, noSuchEvent, refuseStranger, refuseUnlessAssisting } from './event-access.ts';
import { selectEvent } from './event-queries.ts';

/**
 * An event as a viewer may see it, also when it is over. One that is closed or cancelled is `not-found`, except for
 * whoever booked it, its facilitator and admins.
 */
export async function getEvent(db: Kysely<DB>, id: number, viewer: Identity | undefined): Promise<Event> {
  const event = await selectEvent(db, id);
  if (!event || !(await maySee(db, event, viewer))) throw noSuchEvent();
  return event;
}

/** An event that the actor runs; `forbidden` when it is somebody else's, `not-found` when they may not see it. */
export async function getOwnEvent(db: Kysely<DB>, id: number, actor: Identity): Promise<Event> {
  const event = await getEvent(db, id, actor);
  refuseStranger(event, actor);
  return event;
}

/** An event at whose list the actor works: who runs it, and its facilitator's assistants. Refuses as `getOwnEvent`. */
export async function getAssistedEvent(db: Kysely<DB>, id: number, actor: Identity): Promise<Event> {
  const event = await selectEvent(db, id);
  if (!event || !(mayAssist(actor, event) || (await maySee(db, event, actor)))) throw noSuchEvent();
  refuseUnlessAssisting(event, actor);
  return event;
}
