import { fail, redirect } from '@sveltejs/kit';
import { NO_PASSWORD } from '#server/accounts/account.ts';
import { agentInWords } from '#server/accounts/agent-words.ts';
import { confirmOneself } from '#server/accounts/confirm-oneself.ts';
import { findAccount } from '#server/accounts/find-account.ts';
import { addPasskey } from '#server/passkeys/add-passkey.ts';
import { listPasskeys } from '#server/passkeys/list-passkeys.ts';
import { newCredentialSchema, passkeyName } from '#server/passkeys/passkey-schemas.ts';
import { clockFormat } from '../../../words/clock-format.ts';
import { expectRefusal, TRY_LATER } from '../../expect-refusal.ts';
import { takeQuestion } from '../../passkey-cookie.ts';
import { typedInto } from '../../person-faults.ts';
import { requireIdentity } from '../../require-identity.ts';
import { typedCredential } from '../../typed-credential.ts';
import type { Actions, PageServerLoad } from './$types';
import { PASSKEYS, passkeyDone } from './passkeys-texts.ts';

const DATE = clockFormat({ day: 'numeric', month: 'long', year: 'numeric' });
const STATUSES = { 'bad-credentials': 401, 'sign-in-again': 403, 'bad-passkey': 422, ...TRY_LATER };

export const load: PageServerLoad = async ({ locals, request, url }) => {
  const { userId, email } = requireIdentity(locals);
  const { db } = locals.app;
  const [account, passkeys] = await Promise.all([findAccount(db, userId), listPasskeys(db, userId)]);
  const day = (instant: Date) => DATE(locals.studio.timeZone).format(instant);
  return {
    email,
    hasPassword: account?.passwordHash !== NO_PASSWORD,
    passkeys: passkeys.map(({ id, name, added_at, last_used_at }) => ({
      id,
      name,
      when: PASSKEYS.when(day(added_at), last_used_at && day(last_used_at)),
    })),
    suggested: agentInWords(request.headers.get('user-agent')) ?? PASSKEYS.anyName,
    done: passkeyDone(url.searchParams.get('done')),
  };
};

export const actions: Actions = {
  async default({ locals, cookies, request, setHeaders }) {
    const identity = requireIdentity(locals);
    const form = await request.formData();
    const typed = typedInto(form, 'name');
    const name = passkeyName.safeParse(typed);
    if (!name.success) return fail(422, { typed, code: 'name', message: PASSKEYS.nameFault });
    const credential = typedCredential(form, newCredentialSchema);
    const question = takeQuestion({ locals, cookies }, 'add');
    try {
      if (!credential || question?.userId !== identity.userId) {
        // Whoever was asked for a passkey had confirmed who they are.
        const password = typedInto(form, 'password');
        await confirmOneself(locals.app, { identity, password, network: locals.facts.network, now: new Date() });
        return fail(422, { typed, code: 'bad-passkey', message: PASSKEYS.refused });
      }
      await addPasskey(locals.app, { ...identity, name: name.data }, { ...question, credential }, locals.facts);
    } catch (refused) {
      const { code, status, message } = expectRefusal(refused, STATUSES, setHeaders);
      return fail(status, { typed, code, message });
    }
    redirect(303, '/account/passkeys?done=added');
  },
};
