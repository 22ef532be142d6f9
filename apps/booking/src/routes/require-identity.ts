import type { Identity } from '#server/accounts/identity.ts';

/** Who is signed in, on a page that `hooks.server.ts` lets nobody else see. */
export function requireIdentity(locals: App.Locals): Identity {
  if (locals.identity) return locals.identity;
  throw new Error('A page for people who are signed in is open to others.');
}
