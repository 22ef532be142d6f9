import { error, fail, redirect } from '@sveltejs/kit';
import { agentInWords } from '#server/accounts/agent-words.ts';
import { confirmOneself } from '#server/accounts/confirm-oneself.ts';
import { getGoogleLink } from '#server/accounts/get-google-link.ts';
import type { Identity } from '#server/accounts/identity.ts';
import { unlinkGoogle } from '#server/accounts/unlink-google.ts';
import type { BegunAtGoogle } from '#server/google/google-sign-in.ts';
import { expectRefusal, TRY_LATER } from '../../expect-refusal.ts';
import { keepSignIn } from '../../keep-sign-in.ts';
import { typedInto } from '../../person-faults.ts';
import { requireIdentity } from '../../require-identity.ts';
import { keepOnItsWay } from '../../sign-in/google/google-cookie.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';
import { doneWords, GOOGLE_LINK } from './google-link-texts.ts';

const STATUSES = { 'bad-credentials': 403, 'sign-in-again': 403, 'last-way-in': 409, ...TRY_LATER };

export const load: PageServerLoad = async ({ locals, url }) => {
  const { userId, email } = requireIdentity(locals);
  const link = await getGoogleLink(locals.app.db, userId);
  if (!locals.app.google && !link.isLinked) error(404, GOOGLE_LINK.isOff);
  return { ...link, email, done: doneWords(url.searchParams.get('done')) };
};

export const actions: Actions = {
  async connect({ locals, request, cookies, setHeaders }) {
    const { app } = locals;
    const identity = requireIdentity(locals);
    if (!app.google) error(404, GOOGLE_LINK.isOff);
    let begun: BegunAtGoogle;
    try {
      await confirm(identity, locals, request);
      const { userId, signInId } = identity;
      begun = await app.google.begin({ link: { userId, signInId } }, new Date());
    } catch (refused) {
      return refuse(refused, setHeaders);
    }
    keepOnItsWay({ locals, cookies }, begun);
    redirect(303, begun.url.href, { external: true });
  },

  async disconnect({ locals, request, cookies, setHeaders }) {
    const identity = requireIdentity(locals);
    const agent = agentInWords(request.headers.get('user-agent'));
    try {
      await confirm(identity, locals, request);
      const opened = await unlinkGoogle(locals.app, { ...identity, agent, now: new Date() }, locals.facts);
      if (opened) await keepSignIn({ locals, cookies }, opened);
    } catch (refused) {
      return refuse(refused, setHeaders);
    }
    redirect(303, '/account/google?done=disconnected');
  },
};

/** Who finds a browser open must not add a way in, nor take one away. */
async function confirm(identity: Identity, { app, facts }: App.Locals, request: Request): Promise<void> {
  const password = typedInto(await request.formData(), 'password');
  await confirmOneself(app, { identity, password, network: facts.network, now: new Date() });
}

function refuse(refused: unknown, setHeaders: RequestEvent['setHeaders']) {
  const { code, status, message } = expectRefusal(refused, STATUSES, setHeaders);
  return fail(status, { message: code === 'bad-credentials' ? GOOGLE_LINK.wrongPassword : message });
}
