import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { newPassword } from '#server/accounts/account-schemas.ts';
import { agentInWords } from '#server/accounts/agent-words.ts';
import { claimAccount } from '#server/accounts/claim-account.ts';
import { visitCardOf } from '../../bookings/visit-card.ts';
import { expectRefusal, TRY_LATER } from '../../expect-refusal.ts';
import { type PersonFaults, personFaults, typedInto } from '../../person-faults.ts';
import { goIn } from '../../sign-in/go-in.ts';
import type { Actions, PageServerLoad } from './$types';
import { guestVisit } from './guest-visit.ts';

const schema = z.object({ password: newPassword });

export const load: PageServerLoad = async ({ locals, params }) => {
  const { visit, person } = await guestVisit(locals, params);
  return { visit: visitCardOf(visit, { now: new Date(), path: `/b/${params.token}` }), guest: person };
};

export const actions: Actions = {
  async claim({ locals, cookies, params, request, setHeaders }) {
    const parsed = schema.safeParse({ password: typedInto(await request.formData(), 'password') });
    if (!parsed.success) return refuse(422, { faults: personFaults(parsed.error.issues) });
    let entered: Awaited<ReturnType<typeof claimAccount>>;
    try {
      entered = await claimAccount(locals.app, {
        token: params.token,
        password: parsed.data.password,
        agent: agentInWords(request.headers.get('user-agent')),
        now: new Date(),
      });
    } catch (refused) {
      const { code, status, message } = expectRefusal(refused, { 'link-ended': 410, ...TRY_LATER }, setHeaders);
      // Its page says what became of the link, or leads to signing in.
      if (code === 'link-ended') redirect(303, `/b/${params.token}`);
      return refuse(status, { message });
    }
    return await goIn({ locals, cookies }, entered, { returnTo: '/account?done=kept', now: new Date() });
  },
};

function refuse(status: number, { message, faults = {} }: { message?: string; faults?: PersonFaults }) {
  return fail(status, { message, faults });
}
