import { error, fail, redirect } from '@sveltejs/kit';
import { agentInWords } from '#server/accounts/agent-words.ts';
import { confirmOneself } from '#server/accounts/confirm-oneself.ts';
import { getGoogleLink } from '#server/accounts/get-google-link.ts';
import { unlinkGoogle } from '#server/accounts/unlink-google.ts';
import type { BegunAtGoogle } from '#server/google/google-sign-in.ts';
import { expectRefusal, TRY_LATER } from '../../expect-refusal.ts';
import { keepSignIn } from '../../keep-sign-in.ts';
import { typedInto } from '../../person-faults.ts';
import { requireIdentity } from '../../require-identity.ts';
import { keepOnItsWay } from '../../sign-in/google/google-cookie.ts';
import type { Actions, PageServerLoad } from './$types';
import { doneWords, GOOGLE_LINK } from './google-link-texts.ts';

const STATUSES = { 'bad-credentials': 403, 'sign-in-again': 403, ...TRY_LATER };

export const load: PageServerLoad = async ({ locals, url }) => {
  const { userId } = requireIdentity(locals);
  const link = await getGoogleLink(locals.app.db, userId);
  if (!locals.app.google && !link.isLinked) error(404, GOOGLE_LINK.isOff);
  return { ...link, done: doneWords(url.searchParams.get('done')) };
};

export const actions: Actions = {
  async connect({ locals, request, cookies, setHeaders }) {
    const identity = requireIdentity(locals);
    const { userId, signInId } = identity;
    const { app, facts } = locals;
    if (!app.google) error(404, GOOGLE_LINK.isOff);
    const password = typedInto(await request.formData(), 'password');
    const now = new Date();
    let begun: BegunAtGoogle;
    try {
      await confirmOneself(app, { identity, password, network: facts.network, now });
      begun = await app.google.begin({ link: { userId, signInId } }, now);
    } catch (refused) {
      const { code, status, message } = expectRefusal(refused, STATUSES, setHeaders);
      return fail(status, { message: code === 'bad-credentials' ? GOOGLE_LINK.wrongPassword : message });
    }
    keepOnItsWay({ locals, cookies }, begun);
    redirect(303, begun.url.href, { external: true });
  },

  async disconnect({ locals, request, cookies, setHeaders }) {
    const { userId } = requireIdentity(locals);
    const agent = agentInWords(request.headers.get('user-agent'));
    try {
      const opened = await unlinkGoogle(locals.app, { userId, agent, now: new Date() }, locals.facts);
      if (opened) await keepSignIn({ locals, cookies }, opened);
    } catch (refused) {
      const { status, message } = expectRefusal(refused, { 'last-way-in': 409 }, setHeaders);
      return fail(status, { message });
    }
    redirect(303, '/account/google?done=disconnected');
  },
};
