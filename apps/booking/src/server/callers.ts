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

function requireSignIn(identity: Identity | undefined): Identity {
  if (identity) return identity;
  throw new PlatformError('unauthenticated', 'Sign in first: send the token of POST /api/v1/sessions as a bearer.');
}
