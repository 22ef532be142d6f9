import { error, fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { newPassword } from '#server/accounts/account-schemas.ts';
import { agentInWords } from '#server/accounts/agent-words.ts';
import { findReset } from '#server/accounts/find-reset.ts';
import { resetPassword } from '#server/accounts/reset-password.ts';
import { expectRefusal, TRY_LATER } from '../../expect-refusal.ts';
import { type PersonFaults, personFaults, typedInto } from '../../person-faults.ts';
import { goIn } from '../../sign-in/go-in.ts';
import { CHOOSE } from '../reset-texts.ts';
import type { Actions, PageServerLoad } from './$types';

const schema = z.object({ password: newPassword });

export const load: PageServerLoad = async ({ locals, params }) => {
  const found = await findReset(locals.app, { token: params.token, now: new Date() });
  if (!found) error(410, CHOOSE.endedText);
  return { email: found.email };
};

export const actions: Actions = {
  async default({ locals, cookies, params, request, setHeaders, url }) {
    const parsed = schema.safeParse({ password: typedInto(await request.formData(), 'password') });
    if (!parsed.success) return refuse(422, { faults: personFaults(parsed.error.issues) });
    let entered: Awaited<ReturnType<typeof resetPassword>>;
    try {
      entered = await resetPassword(locals.app, {
        token: params.token,
        password: parsed.data.password,
        agent: agentInWords(request.headers.get('user-agent')),
        now: new Date(),
      });
    } catch (refused) {
      const { code, status, message } = expectRefusal(refused, { 'link-ended': 410, ...TRY_LATER }, setHeaders);
      // Its page says that the link has ended.
      if (code === 'link-ended') redirect(303, url.pathname);
      return refuse(status, { message });
    }
    return await goIn({ locals, cookies }, entered, { returnTo: '/account?done=chosen', now: new Date() });
  },
};

function refuse(status: number, { message, faults = {} }: { message?: string; faults?: PersonFaults }) {
  return fail(status, { message, faults });
}
