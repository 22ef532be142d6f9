import { fail, redirect } from '@sveltejs/kit';
import { renameSchema } from '#server/accounts/account-schemas.ts';
import { askForProof } from '#server/accounts/ask-for-proof.ts';
import { askForReset } from '#server/accounts/ask-for-reset.ts';
import { endOwnSignIn } from '#server/accounts/end-own-sign-in.ts';
import { listSignIns } from '#server/accounts/list-sign-ins.ts';
import { renamePerson } from '#server/accounts/rename-person.ts';
import { endAllSignIns } from '#server/accounts/sign-in.ts';
import { expectRefusal, TRY_LATER } from '../expect-refusal.ts';
import { dropSignIn } from '../keep-sign-in.ts';
import { personFaults, typedInto } from '../person-faults.ts';
import { requireIdentity } from '../require-identity.ts';
import type { Actions, PageServerLoad } from './$types';
import { ACCOUNT, doneWords, lastSeen } from './account-texts.ts';

const HOUR_MS = 3_600_000;
// As PostgreSQL counts sign-ins.
const SIGN_IN_ID = /^[1-9]\d{0,17}$/;

export const load: PageServerLoad = async ({ locals, url }) => {
  const identity = requireIdentity(locals);
  const now = new Date();
  const signIns = await listSignIns(locals.app.db, identity);
  return {
    name: identity.name,
    email: identity.email,
    isProven: identity.isProven,
    hasGoogle: locals.app.google !== undefined,
    done: doneWords(url.searchParams.get('done')),
    signIns: signIns.map(({ id, kind, agent, last_seen_at, isThisOne }) => ({
      id,
      what: agent ?? (kind === 'api' ? ACCOUNT.program : ACCOUNT.browser),
      seen: lastSeen(Math.floor((now.getTime() - last_seen_at.getTime()) / HOUR_MS)),
      isThisOne,
    })),
  };
};

export const actions: Actions = {
  async name({ locals, request }) {
    const { userId } = requireIdentity(locals);
    const name = typedInto(await request.formData(), 'name');
    const parsed = renameSchema.safeParse({ name });
    if (!parsed.success) return fail(422, { name, faults: personFaults(parsed.error.issues) });
    await renamePerson(locals.app, { userId, name: parsed.data.name });
    redirect(303, '/account?done=name');
  },

  async prove({ locals, setHeaders }) {
    const { userId, email } = requireIdentity(locals);
    try {
      await askForProof(locals.app, { userId, email, network: locals.facts.network });
    } catch (refused) {
      const { status, message } = expectRefusal(refused, TRY_LATER, setHeaders);
      return fail(status, { notSent: message });
    }
    redirect(303, '/account?done=proof');
  },

  async password({ locals, setHeaders }) {
    const { email } = requireIdentity(locals);
    try {
      await askForReset(locals.app, { email: email.toLowerCase(), network: locals.facts.network });
    } catch (refused) {
      const { status, message } = expectRefusal(refused, TRY_LATER, setHeaders);
      return fail(status, { notSent: message });
    }
    redirect(303, '/account?done=password');
  },

  async end({ locals, request }) {
    const { userId } = requireIdentity(locals);
    const id = typedInto(await request.formData(), 'sign_in');
    if (SIGN_IN_ID.test(id)) await endOwnSignIn(locals.app.db, { id, userId });
    redirect(303, '/account?done=ended');
  },

  async endAll({ locals, cookies }) {
    await endAllSignIns(locals.app.db, requireIdentity(locals).userId);
    dropSignIn({ locals, cookies });
    redirect(303, '/sign-in');
  },
};
