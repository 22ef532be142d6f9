import { error, fail, redirect } from '@sveltejs/kit';
import { agentInWords } from '#server/accounts/agent-words.ts';
import { findProof } from '#server/accounts/find-proof.ts';
import { type ProofOfOwnership, proveAddress } from '#server/accounts/prove-address.ts';
import { expectRefusal, TRY_LATER } from '../../expect-refusal.ts';
import { keepSignIn } from '../../keep-sign-in.ts';
import { typedInto } from '../../person-faults.ts';
import { forgetSignUp, type KeptSignUp, keptSignUp } from '../../sign-up/sign-up-cookie.ts';
import { CONFIRM } from '../confirm-texts.ts';
import type { Actions, PageServerLoad } from './$types';

const STATUSES = { 'bad-credentials': 401, 'link-ended': 410, ...TRY_LATER };

export const load: PageServerLoad = async ({ locals, cookies, params }) => {
  const found = await findProof(locals.app, { token: params.token, now: new Date() });
  if (!found) error(410, CONFIRM.endedText);
  const { id, name, email, isProven } = found;
  const known = knownOwner(id, locals, keptSignUp({ locals, cookies }));
  return { name, email, isProven, known: known?.by };
};

export const actions: Actions = {
  async default({ locals, cookies, params, request, setHeaders, url }) {
    const { app, facts } = locals;
    const { token } = params;
    const now = new Date();
    const found = await findProof(app, { token, now });
    const kept = keptSignUp({ locals, cookies });
    const password = typedInto(await request.formData(), 'password');
    const owner = (found && knownOwner(found.id, locals, kept)) ?? { by: 'password', password, network: facts.network };
    try {
      const agent = agentInWords(request.headers.get('user-agent'));
      const opened = await proveAddress(app, { token, owner, agent, now });
      if (opened) await keepSignIn({ locals, cookies }, opened);
    } catch (refused) {
      const { code, status, message } = expectRefusal(refused, STATUSES, setHeaders);
      // Its page says what became of the link.
      if (code === 'link-ended') redirect(303, url.pathname);
      return fail(status, { message });
    }
    forgetSignUp({ locals, cookies });
    const wayBack = kept && kept.madeId === found?.id ? kept.returnTo : undefined;
    redirect(303, wayBack ?? '/account?done=confirmed');
  },
};

/** What this browser shows by itself: that it is signed in as the account, or made it. */
function knownOwner(
  id: number,
  { identity }: App.Locals,
  kept: KeptSignUp | undefined,
): Exclude<ProofOfOwnership, { by: 'password' }> | undefined {
  if (identity?.userId === id) return { by: 'sign-in', userId: id };
  return kept?.madeId === id ? { by: 'sign-up', userId: id } : undefined;
}
