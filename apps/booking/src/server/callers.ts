import { routesFor } from '@samaya/platform/api-route.ts';
import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Identity } from './accounts/identity.ts';

/** Who may call a route, and what the route then knows of the caller. Every route declares one of these. */
export interface Callers {
  /** Known when a token is sent, else nobody in particular. */
  anyone: Identity | undefined;
  signedIn: Identity;
  /** A facilitator or an admin; whose event it is, the use case asks. */
  organiser: Identity;
  admin: Identity;
  /** The other application: the route checks the signature over the raw body before it reads it. */
  signature: undefined;
}

export const defineRoute = routesFor<Callers>();

export const callers: { [Caller in keyof Callers]: (identity: Identity | undefined) => Callers[Caller] } = {
  anyone: (identity) => identity,
  signedIn: requireSignIn,
  organiser(identity) {
    const known = requireSignIn(identity);
    if (known.isAdmin || known.facilitatorId !== null) return known;
    throw new PlatformError('forbidden', 'Only facilitators and admins may do this.');
  },
  admin(identity) {
    const known = requireSignIn(identity);
    if (known.isAdmin) return known;
    throw new PlatformError('forbidden', 'Only admins may do this.');
  },
  signature: () => undefined,
};

/** Refuses an access token that may not do what a route is for; a sign-in may do all that its person may. */
export function requireScope(identity: Identity | undefined, scope: string | undefined): void {
  const scopes: readonly string[] | null | undefined = identity?.scopes;
  if (!scopes || (scope !== undefined && scopes.includes(scope))) return;
  throw new PlatformError(
    'forbidden',
    scope === undefined
      ? 'No access token may do this: sign in with the password.'
      : `This access token may not do this. Make one that may “${scope}”.`,
  );
}

function requireSignIn(identity: Identity | undefined): Identity {
  if (identity) return identity;
  throw new PlatformError('unauthenticated', 'Sign in first: send the token of POST /api/v1/sessions as a bearer.');
}
