import { routesFor } from '@samaya/platform/api-route.ts';
import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { SignedInFacilitator } from './sign-in/signed-in-facilitator.ts';

/** Who may call a route, and what the route then knows of the caller. Every route declares one of these. */
export interface Callers {
  anyone: SignedInFacilitator | undefined;
  facilitator: SignedInFacilitator;
  /** The other application: the route checks the signature over the raw body before it reads it. */
  signature: undefined;
}

export const defineRoute = routesFor<Callers>();

export const callers: {
  [Caller in keyof Callers]: (identity: SignedInFacilitator | undefined) => Callers[Caller];
} = {
  anyone: (identity) => identity,
  facilitator(identity) {
    if (identity) return identity;
    throw new PlatformError('unauthenticated', 'Sign in first: send the token of POST /api/v1/sessions as a bearer.');
  },
  signature: () => undefined,
};
