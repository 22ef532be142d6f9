import { DomainError } from '@samaya/platform/domain-error.ts';
import { pageCookie } from '@samaya/platform/page-cookie.ts';
import { error, fail, redirect } from '@sveltejs/kit';
import { credentialsSchema } from '#server/accounts/account-schemas.ts';
import { returnPath } from '#server/accounts/return-path.ts';
import { badCredentials, endSignIn, type SignedIn, signIn } from '#server/accounts/sign-in.ts';
import { DEMO_PASSWORD, DEMO_SIGN_INS } from '#server/demo/demo-people.ts';
import { findSignInRequest, finishSignInRequest } from '#server/oidc/finish-interaction.ts';
import type { Actions, PageServerLoad } from './$types';

const TRY_STATUSES: Record<string, number> = { 'bad-credentials': 401, 'too-many-requests': 429, unavailable: 503 };

export const load: PageServerLoad = async ({ locals, url }) => {
  const { app, oidc, exchange, identity } = locals;
  const interaction = url.searchParams.get('interaction');
  const returnTo = returnPath(url.searchParams.get('return_to'));
  if (interaction === null && identity) redirect(303, returnTo ?? '/');
  if (interaction !== null) {
    const asked = await findSignInRequest(oidc, exchange, interaction);
    if (!asked) refuseExpired();
    if (identity && !asked.askAgain) await goOn(locals, interaction, identity.userId);
  }
  return {
    forCrm: interaction !== null,
    returnTo,
    demo: app.config.demo ? { password: DEMO_PASSWORD, signIns: DEMO_SIGN_INS } : undefined,
  };
};

export const actions: Actions = {
  async default({ request, locals, url, cookies, setHeaders }) {
    const { app, facts, identity } = locals;
    const form = await request.formData();
    const typed = { email: form.get('email'), password: form.get('password') };
    let signedIn: SignedIn;
    try {
      const parsed = credentialsSchema.safeParse(typed);
      if (!parsed.success) throw badCredentials();
      signedIn = await signIn(app, { ...parsed.data, network: facts.network, kind: 'page', now: new Date() });
    } catch (refused) {
      const status = refused instanceof DomainError ? TRY_STATUSES[refused.code] : undefined;
      if (!(refused instanceof DomainError) || status === undefined) throw refused;
      if (refused.retryAfterSeconds !== undefined) setHeaders({ 'retry-after': String(refused.retryAfterSeconds) });
      return fail(status, { message: refused.message, email: typeof typed.email === 'string' ? typed.email : '' });
    }
    if (identity) await endSignIn(app.db, identity.signInId);
    const { name, options } = pageCookie('samaya_booking', app.config.bookingUrl);
    cookies.set(name, signedIn.token, { ...options, expires: signedIn.expiresAt });
    const interaction = url.searchParams.get('interaction');
    if (interaction !== null) await goOn(locals, interaction, signedIn.user.id);
    redirect(303, returnPath(url.searchParams.get('return_to')) ?? '/');
  },
};

async function goOn({ oidc, exchange }: App.Locals, interaction: string, userId: number): Promise<never> {
  const next = await finishSignInRequest(oidc, exchange, interaction, userId, Math.floor(Date.now() / 1000));
  if (next === undefined) refuseExpired();
  redirect(303, new URL(next).pathname);
}

function refuseExpired(): never {
  error(410, 'This sign-in took too long, or it began in another browser.');
}
