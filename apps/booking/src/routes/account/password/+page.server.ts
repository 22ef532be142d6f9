import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { NO_PASSWORD } from '#server/accounts/account.ts';
import { newPassword } from '#server/accounts/account-schemas.ts';
import { agentInWords } from '#server/accounts/agent-words.ts';
import { askForReset } from '#server/accounts/ask-for-reset.ts';
import { changePassword } from '#server/accounts/change-password.ts';
import { findAccount } from '#server/accounts/find-account.ts';
import { expectRefusal, TRY_LATER } from '../../expect-refusal.ts';
import { markOfBrowser } from '../../keep-mark.ts';
import { keepSignIn } from '../../keep-sign-in.ts';
import { personFaults, typedInto } from '../../person-faults.ts';
import { requireIdentity } from '../../require-identity.ts';
import type { Actions, PageServerLoad } from './$types';
import { PASSWORD } from './password-texts.ts';

const schema = z.object({ password: newPassword });

export const load: PageServerLoad = async ({ locals }) => {
  const { userId, email } = requireIdentity(locals);
  const account = await findAccount(locals.app.db, userId);
  return { email, hasPassword: account !== undefined && account.passwordHash !== NO_PASSWORD };
};

export const actions: Actions = {
  async change({ locals, cookies, request, setHeaders }) {
    const identity = requireIdentity(locals);
    const form = await request.formData();
    const parsed = schema.safeParse({ password: typedInto(form, 'password') });
    if (!parsed.success) return refuse(422, { password: personFaults(parsed.error.issues).password });
    try {
      const opened = await changePassword(locals.app, identity, {
        current: typedInto(form, 'current'),
        password: parsed.data.password,
        network: locals.facts.network,
        mark: markOfBrowser({ locals, cookies }),
        agent: agentInWords(request.headers.get('user-agent')),
        now: new Date(),
      });
      await keepSignIn({ locals, cookies }, opened);
    } catch (refused) {
      const { status, message } = expectRefusal(refused, { 'bad-credentials': 422, ...TRY_LATER }, setHeaders);
      return status === 422 ? refuse(422, { current: PASSWORD.wrong }) : refuse(status, {}, message);
    }
    redirect(303, '/account?done=chosen');
  },

  async send({ locals, setHeaders }) {
    const { email } = requireIdentity(locals);
    try {
      await askForReset(locals.app, { email: email.toLowerCase(), network: locals.facts.network });
    } catch (refused) {
      const { status, message } = expectRefusal(refused, TRY_LATER, setHeaders);
      return fail(status, { notSent: message });
    }
    redirect(303, '/account?done=password');
  },
};

function refuse(status: number, faults: { current?: string; password?: string | undefined }, message?: string) {
  return fail(status, { faults, message });
}
