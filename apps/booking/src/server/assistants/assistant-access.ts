import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Identity } from '#server/accounts/identity.ts';

/** Whose assistants somebody names: their own, or, for an admin, everybody's. `forbidden` for others. */
export function namesAssistantsOf(actor: Identity): number | undefined {
  if (actor.isAdmin) return undefined;
  if (actor.facilitatorId !== null) return actor.facilitatorId;
  throw new PlatformError('forbidden', 'Only facilitators and admins name assistants.');
}
