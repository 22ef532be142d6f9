import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Kysely } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { DB } from '#server/database-types.ts';
import { type Event, isPublic, mayRun } from './event.ts';
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

/** Whose events somebody runs: those of one facilitator, or, for an admin, everybody's. */
export function runsEventsOf(actor: Identity): number | undefined {
  if (actor.isAdmin) return undefined;
  if (actor.facilitatorId !== null) return actor.facilitatorId;
  throw new PlatformError('forbidden', 'Only facilitators and admins run events.');
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
