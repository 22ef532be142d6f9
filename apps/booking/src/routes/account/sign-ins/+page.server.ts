import { redirect } from '@sveltejs/kit';
import { endOwnSignIn } from '#server/accounts/end-own-sign-in.ts';
import { listSignIns } from '#server/accounts/list-sign-ins.ts';
import { endAllSignIns } from '#server/accounts/sign-in.ts';
import { dropSignIn } from '../../keep-sign-in.ts';
import { typedInto } from '../../person-faults.ts';
import { requireIdentity } from '../../require-identity.ts';
import { lastSeen, SIGN_INS } from '../account-texts.ts';
import type { Actions, PageServerLoad } from './$types';

const HOUR_MS = 3_600_000;

export const load: PageServerLoad = async ({ locals, url }) => {
  const now = new Date();
  const signIns = await listSignIns(locals.app.db, requireIdentity(locals));
  return {
    hasEndedOne: url.searchParams.has('ended'),
    signIns: signIns.map(({ id, kind, agent, last_seen_at, isThisOne }) => ({
      id,
      what: agent ?? (kind === 'api' ? SIGN_INS.program : SIGN_INS.browser),
      seen: lastSeen(Math.floor((now.getTime() - last_seen_at.getTime()) / HOUR_MS)),
      isThisOne,
    })),
  };
};

export const actions: Actions = {
  async end({ locals, request }) {
    const { userId } = requireIdentity(locals);
    await endOwnSignIn(locals.app.db, { id: typedInto(await request.formData(), 'sign_in'), userId });
    redirect(303, '/account/sign-ins?ended');
  },

  async endAll({ locals, cookies, setHeaders }) {
    await endAllSignIns(locals.app.db, requireIdentity(locals).userId);
    dropSignIn({ locals, cookies, setHeaders });
    redirect(303, '/sign-in');
  },
};
