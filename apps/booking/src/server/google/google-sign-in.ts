import { LOOPBACK_HOSTS } from '@samaya/platform/config.ts';
import type { Log } from '@samaya/platform/log.ts';
import { hashToken } from '@samaya/platform/opaque-token.ts';
import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { CompleteConfig } from '@samaya/platform/secrets.ts';
import type { Kysely } from 'kysely';
import * as client from 'openid-client';
import { z } from 'zod';
import type { DB } from '#server/database-types.ts';
import { logSecurity } from '#server/security-log.ts';
import { fetchBounded } from './fetch-bounded.ts';
import { type GooglePerson, personFromClaims } from './google-person.ts';
import { insertGoogleReturn } from './google-queries.ts';
import type { GoogleSettings } from './google-settings.ts';
import { type GoogleErrand, sealOnItsWay, unsealOnItsWay } from './on-its-way.ts';

/** A sign-in on its way: where the browser goes, and what it keeps in a cookie meanwhile. */
export interface BegunAtGoogle {
  url: URL;
  cookie: { name: string; value: string };
}

/** How somebody came back: as whom, or not at all because they declined. */
export interface ReturnFromGoogle {
  errand: GoogleErrand;
  person: GooglePerson | undefined;
}

export interface GoogleSignIn {
  /** Begins a sign-in. Refuses with `unavailable` while Google does not answer. */
  begin(errand: GoogleErrand, now: Date): Promise<BegunAtGoogle>;
  /**
   * Finishes it with the query the browser came back with and the cookies it kept, once. `undefined` when they do not
   * belong together, are too old or were used before, or when what Google says does not hold. Refuses with
   * `unavailable` as above.
   */
  finish(
    query: URLSearchParams,
    cookie: (name: string) => string | undefined,
    now: Date,
  ): Promise<ReturnFromGoogle | undefined>;
}

/** The path to which Google sends people back, below booking's public address. */
export const GOOGLE_CALLBACK = '/sign-in/google/callback';
/** What the names of the cookies begin with; each sign-in on its way has one of its own, so that tabs do not mix. */
export const GOOGLE_COOKIE = 'samaya_google_';

const TIMEOUT_SECONDS = 5;
const SCOPE = 'openid email profile';
// The one algorithm Google signs with. A token that names another is refused before any key is looked at.
const ALGORITHM = 'RS256';
const MOST_AGE_SECONDS = 15 * 60;
const CLOCK_SECONDS = 60;
const STATE = /^[\w-]{43}$/;

/** What no second try mends: a code used before, somebody else's token, a signature that does not hold. */
const REFUSAL_CODES = new Set<string | undefined>([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
  'OAUTH_UNSUPPORTED_OPERATION',
]);

interface Needs {
  config: Pick<CompleteConfig, 'bookingUrl' | 'cookieKeys'>;
  db: Kysely<DB>;
  log: Log;
}

/** Sign-in with Google by OpenID Connect. Nothing is asked of Google before the first sign-in. */
export function createGoogleSignIn(settings: GoogleSettings, { config, db, log }: Needs): GoogleSignIn {
  const provider = rememberSuccess(() => discover(settings));
  const callback = `${config.bookingUrl}${GOOGLE_CALLBACK}`;

  function away(error: unknown): PlatformError {
    log.warn({ why: describe(error) }, 'Google does not answer as it should');
    const detail = 'Google does not answer right now. Try again in a moment, or sign in another way.';
    return new PlatformError('unavailable', detail, { retryAfterSeconds: 5 });
  }

  async function exchange(query: URLSearchParams, checks: client.AuthorizationCodeGrantChecks, now: Date) {
    const known = await provider();
    const tokens = await client.authorizationCodeGrant(known, new URL(`${callback}?${query}`), checks);
    const claims = tokens.claims();
    if (!claims || !isForUsNow(claims, settings.clientId, now))
      throw new NotForUs('the token is not for us, or not of now');
    return personFromClaims(claims);
  }

  return {
    async begin(errand, now) {
      const known = await provider().catch((error: unknown) => {
        throw away(error);
      });
      const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
      const url = client.buildAuthorizationUrl(known, {
        redirect_uri: callback,
        scope: SCOPE,
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        // Whoever shares a computer sees which of their Google accounts it is.
        prompt: 'select_account',
      });
      const value = sealOnItsWay({ state, nonce, verifier, errand }, config.cookieKeys, now);
      return { url, cookie: { name: cookieFor(state), value } };
    },

    async finish(query, cookie, now) {
      const state = query.get('state') ?? '';
      const sealed = STATE.test(state) ? cookie(cookieFor(state)) : undefined;
      const memory = sealed && unsealOnItsWay(sealed, { keys: config.cookieKeys, state, now });
      if (!memory || !(await insertGoogleReturn(db, hashToken(state)))) return undefined;
      const { nonce, verifier, errand } = memory;
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
      try {
        return { errand, person: await exchange(query, checks, now) };
      } catch (error) {
        if (error instanceof client.AuthorizationResponseError && error.error === 'access_denied') {
          return { errand, person: undefined };
        }
        if (!isRefusal(error)) throw away(error);
        logSecurity(log, 'sign_in.failed', { way: 'google', why: describe(error) });
        return undefined;
      }
    },
  };
}

/** A token that the library accepts and we do not. */
class NotForUs extends Error {}

/** The name of the cookie of a sign-in, by its state. */
function cookieFor(state: string): string {
  return `${GOOGLE_COOKIE}${state.slice(0, 12)}`;
}

async function discover({ issuer, clientId, clientSecret }: GoogleSettings): Promise<client.Configuration> {
  const metadata = { id_token_signed_response_alg: ALGORITHM };
  const known = await client.discovery(new URL(issuer), clientId, metadata, client.ClientSecretPost(clientSecret), {
    timeout: TIMEOUT_SECONDS,
    [client.customFetch]: fetchBounded,
    // Plain http is refused by the library; on one machine there is nobody to listen.
    execute: LOOPBACK_HOSTS.has(new URL(issuer).hostname) ? [client.allowInsecureRequests] : [],
  });
  // The library trusts the connection alone; we look at the signature too.
  client.enableNonRepudiationChecks(known);
  return known;
}

/** What the library leaves open: when a token was issued, and for which application when it names one. */
function isForUsNow({ iat, azp }: { iat: number; azp?: unknown }, clientId: string, now: Date): boolean {
  const age = now.getTime() / 1000 - iat;
  return age <= MOST_AGE_SECONDS && age >= -CLOCK_SECONDS && (azp === undefined || azp === clientId);
}

function isRefusal(error: unknown): boolean {
  // A wrong client secret is our operator's to mend, and no fault of who signs in.
  if (error instanceof client.ResponseBodyError) return error.status < 500 && error.error !== 'invalid_client';
  if (error instanceof NotForUs || error instanceof z.ZodError) return true;
  return error instanceof client.ClientError && REFUSAL_CODES.has(error.code);
}

/** Why, for the log: what the error carries beside its words may hold tokens. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, error: said } = error as { code?: unknown; error?: unknown };
  const inner = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.message}${inner}${typeof code === 'string' ? ` (${code})` : ''}${typeof said === 'string' ? `: ${said.slice(0, 60)}` : ''}`;
}

function rememberSuccess<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
