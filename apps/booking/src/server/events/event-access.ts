import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Kysely } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { DB } from '#server/database-types.ts';
import { type Event, isPublic, mayAssist, mayRun } from './event.ts';
import { hasBooking, hasPassed } from './event-queries.ts';

/** Whether somebody may see an event: anybody while it is public, else who booked it and who runs it. */
export async function maySee(db: Kysely<DB>, event: Event, viewer: Identity | undefined): Promise<boolean> {
  if (isPublic(event)) return true;
  if (!viewer) return false;
  return mayRun(viewer, event) || (await hasBooking(db, { userId: viewer.userId, eventId: event.id }));
}

export function noSuchEvent(): PlatformError {
  return new PlatformError('not-found', 'There is no such event.');
}

/** Only its facilitator and admins run an event. */
export function refuseStranger(event: Event, actor: Identity): void {
  if (!mayRun(actor, event)) {
    throw new PlatformError('forbidden', 'Only its facilitator or an admin may do this with an event.');
  }
}

/** The same with the assistants of the facilitator, for its list and who came. */
export function refuseUnlessAssisting(event: Event, actor: Identity): void {
  if (!mayAssist(actor, event)) {
    throw new PlatformError('forbidden', 'Only its facilitator, an assistant or an admin may do this with an event.');
  }
}

/** Whose events somebody runs or assists at: those of some facilitators, or, for an admin, everybody's. */
export function worksAtEventsOf(actor: Identity): readonly number[] | undefined {
  if (actor.isAdmin) return undefined;
  const own = actor.facilitatorId === null ? [] : [actor.facilitatorId];
  const all = [...new Set([...own, ...actor.assists])];
  if (all.length > 0) return all;
  throw new PlatformError('forbidden', 'Only facilitators, their assistants and admins have events to run.');
}

/** Only an admin gives an event to somebody else. */
export function refuseOthersFacilitator(facilitatorId: number, actor: Identity): void {
  if (!actor.isAdmin && facilitatorId !== actor.facilitatorId) {
    throw new PlatformError('forbidden', 'Only an admin can give an event to another facilitator.');
  }
}

/** Only an admin writes down what has already begun. */
export async function refusePastStart(db: Kysely<DB>, start: Date, actor: Identity): Promise<void> {
  if (!actor.isAdmin && (await hasPassed(db, start))) {
    throw new PlatformError('invalid', 'An event starts in the future.', {
      errors: [{ pointer: '/date_time', detail: 'is in the past' }],
    });
  }
}
