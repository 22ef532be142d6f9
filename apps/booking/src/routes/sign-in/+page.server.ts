import { error, fail, redirect } from '@sveltejs/kit';
import { credentialsSchema } from '#server/accounts/account-schemas.ts';
import { agentInWords } from '#server/accounts/agent-words.ts';
import { enterByPassword } from '#server/accounts/enter-account.ts';
import { returnPath } from '#server/accounts/return-path.ts';
import { badCredentials } from '#server/accounts/sign-in.ts';
import { DEMO_PASSWORD, DEMO_SIGN_INS } from '#server/demo/demo-people.ts';
import { findSignInRequest } from '#server/oidc/finish-interaction.ts';
import { passkeySite } from '#server/passkeys/passkey-site.ts';
import { expectRefusal, TRY_LATER } from '../expect-refusal.ts';
import { keepMark, markOfBrowser } from '../keep-mark.ts';
import { typedInto } from '../person-faults.ts';
import type { Actions, PageServerLoad } from './$types';
import { goIn } from './go-in.ts';
import { goOn } from './go-on.ts';
import { googleButton } from './google/google-button.ts';
import { SIGN_IN } from './sign-in-texts.ts';

export const load: PageServerLoad = async ({ locals, url }) => {
  const { app, oidc, exchange, identity } = locals;
  const interaction = url.searchParams.get('interaction');
  const returnTo = returnPath(url.searchParams.get('return_to'));
  if (interaction === null && identity) redirect(303, returnTo ?? '/');
  if (interaction !== null) {
    const asked = await findSignInRequest(oidc, exchange, interaction);
    if (!asked) error(410, SIGN_IN.expired);
    if (identity && !asked.askAgain) await goOn(locals, { interaction, userId: identity.userId, now: new Date() });
  }
  return {
    query: url.search,
    canUsePasskeys: passkeySite(app.config) !== undefined,
    forCrm: interaction !== null,
    google: googleButton(locals, url),
    returnTo,
    demo: app.config.demo ? { password: DEMO_PASSWORD, signIns: DEMO_SIGN_INS } : undefined,
  };
};

export const actions: Actions = {
  async default({ request, locals, url, cookies, setHeaders }) {
    const { app, facts } = locals;
    const form = await request.formData();
    const typed = { email: typedInto(form, 'email'), password: typedInto(form, 'password') };
    const now = new Date();
    let entry: Awaited<ReturnType<typeof enterByPassword>>;
    try {
      const parsed = credentialsSchema.safeParse(typed);
      if (!parsed.success) throw badCredentials();
      entry = await enterByPassword(app, {
        ...parsed.data,
        network: facts.network,
        mark: markOfBrowser({ locals, cookies }),
        agent: agentInWords(request.headers.get('user-agent')),
        now,
      });
    } catch (refused) {
      const { status, message } = expectRefusal(refused, { 'bad-credentials': 401, ...TRY_LATER }, setHeaders);
      return fail(status, { message, email: typed.email });
    }
    keepMark({ locals, cookies }, entry.email, now);
    return await goIn({ locals, cookies }, entry.entered, {
      userId: entry.userId,
      returnTo: returnPath(url.searchParams.get('return_to')),
      interaction: url.searchParams.get('interaction') ?? undefined,
      now,
    });
  },
};
