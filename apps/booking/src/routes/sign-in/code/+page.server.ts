import { fail, redirect } from '@sveltejs/kit';
import { agentInWords } from '#server/accounts/agent-words.ts';
import { finishSignIn } from '#server/accounts/finish-sign-in.ts';
import type { OpenedSignIn } from '#server/accounts/sign-in.ts';
import { expectRefusal, TRY_LATER } from '../../expect-refusal.ts';
import { typedInto } from '../../person-faults.ts';
import { forgetFirstStep, keptFirstStep } from '../first-step-cookie.ts';
import { goIn } from '../go-in.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, cookies }) => {
  if (!keptFirstStep({ locals, cookies })) redirect(303, '/sign-in');
};

export const actions: Actions = {
  async default({ locals, cookies, request, setHeaders }) {
    const { app, facts } = locals;
    const step = keptFirstStep({ locals, cookies });
    if (!step) redirect(303, '/sign-in');
    const form = await request.formData();
    const now = new Date();
    let opened: OpenedSignIn;
    try {
      opened = await finishSignIn(app, {
        firstStep: step,
        code: typedInto(form, 'code') || typedInto(form, 'recovery'),
        network: facts.network,
        agent: agentInWords(request.headers.get('user-agent')),
        now,
      });
    } catch (refused) {
      const { code, status, message } = expectRefusal(
        refused,
        { 'bad-code': 401, 'bad-credentials': 303, ...TRY_LATER },
        setHeaders,
      );
      if (code === 'bad-credentials') {
        // Another password was chosen in between: from the beginning.
        forgetFirstStep({ locals, cookies });
        redirect(303, '/sign-in');
      }
      return fail(status, { message, isWrong: code === 'bad-code', byRecovery: typedInto(form, 'recovery') !== '' });
    }
    forgetFirstStep({ locals, cookies });
    return await goIn({ locals, cookies }, opened, { ...step, now });
  },
};
