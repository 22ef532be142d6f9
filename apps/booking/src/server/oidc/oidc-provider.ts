import { isDatabaseAway } from '@samaya/platform/database.ts';
import { pageCookie } from '@samaya/platform/page-cookie.ts';
import Provider, { type Configuration, interactionPolicy, type JWKS } from 'oidc-provider';
import type { BookingApp } from '#server/app.ts';
import { createOidcAdapter } from './oidc-adapter.ts';
import { findPersonClaims } from './oidc-queries.ts';
import { OIDC_ERROR_POLICY, renderOidcError } from './render-oidc-error.ts';

/** Where the provider is mounted, below booking's public address. */
export const OIDC_PATH = '/oidc';
export const CRM_CLIENT_ID = 'crm';

const SCOPES = { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] };
const FACILITATOR_SCOPE = { facilitator: ['facilitator_id', 'facilitator_name'] };
const ALL_SCOPES = Object.keys({ ...SCOPES, ...FACILITATOR_SCOPE });
const MINUTE = 60;

/** Everything of the application that the provider needs. */
export type OidcNeeds = Pick<BookingApp, 'config' | 'db' | 'log'>;

/**
 * The OpenID provider: booking tells CRM who somebody is. Throws when `oidcKeys` is not a key set. Its state is in the
 * database, so several processes are one provider.
 */
export function createOidcProvider({ config, db, log }: OidcNeeds): Provider {
  const configuration: Configuration = {
    adapter: (model) => createOidcAdapter(db, model),
    jwks: JSON.parse(config.oidcKeys) as JWKS,
    clients: [
      {
        client_id: CRM_CLIENT_ID,
        client_name: 'CRM',
        client_secret: config.crmClientSecret,
        redirect_uris: [`${config.crmUrl}/sign-in/callback`],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ],
    responseTypes: ['code'],
    scopes: ALL_SCOPES,
    claims: { ...SCOPES, ...FACILITATOR_SCOPE },
    // The claims travel in the ID token: one request fewer between the applications at each sign-in.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: true },
    },
    interactions: { policy: alwaysAskBooking(), url: (_ctx, { uid }) => `/sign-in?interaction=${uid}` },
    cookies: {
      keys: config.cookieKeys,
      names: {
        session: pageCookie('samaya_oidc_session', config.bookingUrl).name,
        interaction: pageCookie('samaya_oidc_interaction', config.bookingUrl).name,
        resume: pageCookie('samaya_oidc_resume', config.bookingUrl).name,
      },
      long: { signed: true, ...pageCookie('', config.bookingUrl).options },
      short: { signed: true, ...pageCookie('', config.bookingUrl).options },
    },
    // Booking's own sign-in says who somebody is; the provider's session only carries one request to its end.
    ttl: {
      Session: 10 * MINUTE,
      Interaction: 60 * MINUTE,
      Grant: 10 * MINUTE,
      AuthorizationCode: MINUTE,
      AccessToken: 10 * MINUTE,
      IdToken: 10 * MINUTE,
    },
    clientBasedCORS: () => false,
    async findAccount(_ctx, sub) {
      const person = /^\d{1,9}$/.test(sub) ? await findPersonClaims(db, Number(sub)) : undefined;
      return person && { accountId: sub, claims: () => ({ ...person }) };
    },
    // CRM is ours: nobody is asked whether it may know who signs in to it.
    async loadExistingGrant({ oidc }) {
      const { account, client, provider } = oidc;
      if (!account || client?.clientId !== CRM_CLIENT_ID) return undefined;
      const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
      grant.addOIDCScope(ALL_SCOPES.join(' '));
      await grant.save();
      return grant;
    },
    renderError(ctx, out, error) {
      if (isDatabaseAway(error)) ctx.status = 503;
      ctx.set('content-security-policy', OIDC_ERROR_POLICY);
      ctx.type = 'text/html; charset=utf-8';
      ctx.body = renderOidcError(ctx.status, out.error_description, config.crmUrl);
    },
  };
  const provider = new Provider(`${config.bookingUrl}${OIDC_PATH}`, configuration);
  // Our server overwrites the forwarding headers with the public address before the provider sees a request.
  provider.proxy = true;
  // Browsers take a cookie of this host alone only for the whole of it; the provider has one for a path.
  provider.use(async (ctx, next) => {
    const { cookies } = ctx;
    const set = cookies.set.bind(cookies);
    cookies.set = (name, value, options) => set(name, value, { ...options, path: '/' });
    await next();
  });
  provider.on('server_error', (_ctx, error) => log.error({ err: error }, 'sign-in provider failed'));
  return provider;
}

function alwaysAskBooking() {
  const policy = interactionPolicy.base();
  const { Check } = interactionPolicy;
  policy.get('login')?.checks.add(
    new Check('booking_decides', 'booking says who is signed in', (ctx) => {
      return ctx.oidc.result?.login ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
    }),
  );
  // Its only client is ours, see loadExistingGrant.
  policy.remove('consent');
  return policy;
}
