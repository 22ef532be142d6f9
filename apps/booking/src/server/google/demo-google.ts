import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { CompleteConfig } from '@samaya/platform/secrets.ts';
import Provider, { type Configuration, interactionPolicy, type JWK } from 'oidc-provider';
import { createMemoryAdapter } from './demo-google-memory.ts';
import { claimsOf, DEMO_GOOGLE_PEOPLE } from './demo-google-people.ts';
import { DEMO_GOOGLE_PAGE, DEMO_GOOGLE_PATH, googleSettings, hasDemoGoogle } from './google-settings.ts';
import { GOOGLE_CALLBACK } from './google-sign-in.ts';

/** The demo's stand-in for Google, made when it is first needed; `undefined` where the demo plays no Google. */
export type DemoGoogle = () => Promise<Provider>;

const MINUTE = 60;
const CLAIMS = { openid: ['sub'], email: ['email', 'email_verified', 'hd'], profile: ['name'] };

/**
 * An OpenID provider that asks nobody for a password: whoever comes chooses who they are. It answers only booking, and
 * is there only in the demo, which nobody but this machine can reach. It forgets everything when it stops.
 */
export function createDemoGoogle(config: CompleteConfig): DemoGoogle | undefined {
  if (!hasDemoGoogle(config)) return undefined;
  let made: Promise<Provider> | undefined;
  return () => {
    made ??= makeProvider(config);
    return made;
  };
}

async function makeProvider(config: CompleteConfig): Promise<Provider> {
  const { clientId = '', clientSecret = '', issuer = '' } = googleSettings(config) ?? {};
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: 'jwk' }), kid: 'demo', alg: 'RS256', use: 'sig' } as JWK;
  const cookie = { signed: true, httpOnly: true, sameSite: 'lax', path: DEMO_GOOGLE_PATH } as const;
  const configuration: Configuration = {
    adapter: createMemoryAdapter(),
    jwks: { keys: [key] },
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [`${config.bookingUrl}${GOOGLE_CALLBACK}`],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    responseTypes: ['code'],
    scopes: Object.keys(CLAIMS),
    claims: CLAIMS,
    // As Google does: who it is stands in the ID token.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: false } },
    interactions: { policy: alwaysAsk(), url: (_ctx, { uid }) => `${DEMO_GOOGLE_PAGE}/${uid}` },
    cookies: {
      keys: config.cookieKeys,
      names: {
        session: 'samaya_demo_google_session',
        interaction: 'samaya_demo_google_interaction',
        resume: 'samaya_demo_google_resume',
      },
      long: cookie,
      short: { signed: true, httpOnly: true, sameSite: 'lax' },
    },
    ttl: {
      Session: 10 * MINUTE,
      Interaction: 10 * MINUTE,
      Grant: 10 * MINUTE,
      AuthorizationCode: MINUTE,
      AccessToken: MINUTE,
      IdToken: 10 * MINUTE,
    },
    clientBasedCORS: () => false,
    findAccount(_ctx, sub) {
      const person = DEMO_GOOGLE_PEOPLE.find((one) => one.sub === sub);
      return person && { accountId: sub, claims: () => claimsOf(person) };
    },
    async loadExistingGrant({ oidc }) {
      const { account, client, provider } = oidc;
      if (!account || !client) return undefined;
      const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
      grant.addOIDCScope(Object.keys(CLAIMS).join(' '));
      await grant.save();
      return grant;
    },
  };
  const provider = new Provider(issuer, configuration);
  // Our server overwrites the forwarding headers with the public address before the provider sees a request.
  provider.proxy = true;
  return provider;
}

function alwaysAsk() {
  const policy = interactionPolicy.base();
  const { Check, Prompt } = interactionPolicy;
  policy
    .get('login')
    ?.checks.add(
      new Check('who_is_chosen', 'somebody chooses who they are', (ctx) =>
        ctx.oidc.result?.login ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT,
      ),
    );
  policy.remove('consent');
  // Booking asks for a choice of accounts, which everybody has here.
  const choice = new Prompt({ name: 'select_account', requestable: true });
  choice.checks.remove('select_account_prompt');
  policy.add(choice);
  return policy;
}
