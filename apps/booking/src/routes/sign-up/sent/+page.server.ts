import { fail, redirect } from '@sveltejs/kit';
import { repeatSignUpMail } from '#server/accounts/repeat-sign-up-mail.ts';
import { PROVE_DAYS } from '#server/mail/mailed-link.ts';
import { expectRefusal, TRY_LATER } from '../../expect-refusal.ts';
import { keptSignUp } from '../sign-up-cookie.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, cookies, url }) => {
  const kept = keptSignUp({ locals, cookies });
  if (!kept) redirect(303, '/sign-up');
  return { email: kept.email, days: PROVE_DAYS, isAgain: url.searchParams.has('again') };
};

export const actions: Actions = {
  async default({ locals, cookies, setHeaders }) {
    const kept = keptSignUp({ locals, cookies });
    if (!kept) redirect(303, '/sign-up');
    try {
      await repeatSignUpMail(locals.app, { ...kept, network: locals.facts.network });
    } catch (refused) {
      const { status, message } = expectRefusal(refused, TRY_LATER, setHeaders);
      return fail(status, { message });
    }
    redirect(303, '/sign-up/sent?again');
  },
};
