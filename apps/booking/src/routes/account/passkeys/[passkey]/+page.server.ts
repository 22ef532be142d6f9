import { error, fail, redirect } from '@sveltejs/kit';
import { NO_PASSWORD } from '#server/accounts/account.ts';
import { confirmOneself } from '#server/accounts/confirm-oneself.ts';
import { findAccount } from '#server/accounts/find-account.ts';
import { listPasskeys } from '#server/passkeys/list-passkeys.ts';
import { removePasskey } from '#server/passkeys/remove-passkey.ts';
import { expectRefusal, TRY_LATER } from '../../../expect-refusal.ts';
import { typedInto } from '../../../person-faults.ts';
import { requireIdentity } from '../../../require-identity.ts';
import type { Actions, PageServerLoad } from './$types';

const STATUSES = { 'bad-credentials': 401, 'sign-in-again': 403, 'last-way-in': 409, ...TRY_LATER };

export const load: PageServerLoad = async ({ locals, params }) => {
  const { userId, email } = requireIdentity(locals);
  const passkey = await ownPasskey(locals, params);
  const account = await findAccount(locals.app.db, userId);
  return { email, name: passkey.name, hasPassword: account?.passwordHash !== NO_PASSWORD };
};

export const actions: Actions = {
  async default({ locals, params, request, setHeaders }) {
    const identity = requireIdentity(locals);
    const { id } = await ownPasskey(locals, params);
    const password = typedInto(await request.formData(), 'password');
    try {
      await confirmOneself(locals.app, { identity, password, network: locals.facts.network, now: new Date() });
      await removePasskey(locals.app, { ...identity, id }, locals.facts);
    } catch (refused) {
      const { code, status, message } = expectRefusal(refused, STATUSES, setHeaders);
      return fail(status, { code, message });
    }
    redirect(303, '/account/passkeys?done=removed');
  },
};

/** The passkey in the address; somebody else's is none. */
async function ownPasskey(locals: App.Locals, params: { passkey: string }) {
  const passkeys = await listPasskeys(locals.app.db, requireIdentity(locals).userId);
  return passkeys.find(({ id }) => id === params.passkey) ?? error(404);
}
