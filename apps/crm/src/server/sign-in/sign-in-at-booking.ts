import { LOOPBACK_HOSTS } from '@samaya/platform/config.ts';
import { seal, unseal } from '@samaya/platform/sealed-value.ts';
import type { CompleteConfig } from '@samaya/platform/secrets.ts';
import * as client from 'openid-client';
import { z } from 'zod';
import { CrmError } from '#server/errors.ts';

/** Who booking says somebody is. */
export interface BookingPerson {
  userId: number;
  name: string;
  email: string;
  /** `null` for somebody who is no facilitator. */
  facilitator: { id: number; name: string } | null;
}

/** A sign-in on its way: where the browser goes, and what it keeps in a cookie meanwhile. */
export interface BegunSignIn {
  url: URL;
  cookie: string;
}

export interface SignInAtBooking {
  /** Begins a sign-in; with `askAgain` booking asks who it is even when it knows. Throws `booking-away`. */
  begin(options: { askAgain: boolean; returnTo: string; now: Date }): Promise<BegunSignIn>;
  /**
   * Finishes it with the address the browser came back to and the cookie it kept. `undefined` when they do not belong
   * together, are too old or were used before. Throws `booking-away`.
   */
  finish(
    returned: URL,
    cookie: string | undefined,
    now: Date,
  ): Promise<{ person: BookingPerson; returnTo: string } | undefined>;
}

/** Seconds a sign-in may be on its way. */
export const ON_ITS_WAY_SECONDS = 15 * 60;

const PURPOSE = 'samaya crm sign-in on its way';
const TIMEOUT_SECONDS = 5;
const SCOPE = 'openid email profile facilitator';

const REFUSAL_CODES = new Set<string | undefined>(['OAUTH_INVALID_RESPONSE', 'OAUTH_JWT_CLAIM_COMPARISON_FAILED']);

const memorySchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  until: z.number(),
});
const claimsSchema = z.object({
  sub: z.string().regex(/^\d+$/).transform(Number),
  name: z.string(),
  email: z.string(),
  facilitator_id: z.int().nullish(),
  facilitator_name: z.string().nullish(),
});

type SignInConfig = Pick<CompleteConfig, 'bookingUrl' | 'crmUrl' | 'crmClientSecret' | 'cookieKeys'>;

/** OpenID Connect with booking as the issuer. Nothing is asked of booking before the first sign-in. */
export function createSignInAtBooking(config: SignInConfig): SignInAtBooking {
  const issuer = rememberSuccess(() => discover(config));
  return {
    async begin({ askAgain, returnTo, now }) {
      const known = await issuer();
      const verifier = client.randomPKCECodeVerifier();
      const state = client.randomState();
      const nonce = client.randomNonce();
      const url = client.buildAuthorizationUrl(known, {
        redirect_uri: `${config.crmUrl}/sign-in/callback`,
        scope: SCOPE,
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(askAgain && { prompt: 'login' }),
      });
      const until = now.getTime() + ON_ITS_WAY_SECONDS * 1000;
      return { url, cookie: seal({ state, nonce, verifier, returnTo, until }, config.cookieKeys, PURPOSE) };
    },
    async finish(returned, cookie, now) {
      const memory = memorySchema.safeParse(unseal(cookie ?? '', config.cookieKeys, PURPOSE));
      if (!memory.success || memory.data.until < now.getTime()) return undefined;
      const { state, nonce, verifier, returnTo } = memory.data;
      const known = await issuer();
      const tokens = await client
        .authorizationCodeGrant(known, returned, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        })
        .catch((error: unknown) => {
          if (isRefusal(error)) return undefined;
          throw bookingAway(error);
        });
      return tokens && { person: personFrom(claimsSchema.parse(tokens.claims())), returnTo };
    },
  };
}

function discover({ bookingUrl, crmClientSecret }: SignInConfig): Promise<client.Configuration> {
  // Plain http is refused by the library; between two processes of one machine there is nobody to listen.
  const onOneMachine = LOOPBACK_HOSTS.has(new URL(bookingUrl).hostname);
  return client.discovery(new URL(`${bookingUrl}/oidc`), 'crm', undefined, client.ClientSecretBasic(crmClientSecret), {
    timeout: TIMEOUT_SECONDS,
    execute: onOneMachine ? [client.allowInsecureRequests] : [],
  });
}

function personFrom(claims: z.infer<typeof claimsSchema>): BookingPerson {
  const { sub, name, email, facilitator_id: id, facilitator_name: facilitatorName } = claims;
  return { userId: sub, name, email, facilitator: id == null ? null : { id, name: facilitatorName ?? name } };
}

function rememberSuccess<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw bookingAway(error);
    });
    return made;
  };
}

/** Somebody else's state, a code used before or expired, a person who went back: nothing that trying again mends. */
function isRefusal(error: unknown): boolean {
  if (error instanceof client.AuthorizationResponseError) return true;
  if (error instanceof client.ResponseBodyError) return error.status < 500;
  return error instanceof client.ClientError && REFUSAL_CODES.has(error.code);
}

function bookingAway(cause: unknown): CrmError {
  return new CrmError('booking-away', 'Booking, where you sign in, does not answer. Try again in a moment.', {
    retryAfterSeconds: 5,
    cause,
  });
}
