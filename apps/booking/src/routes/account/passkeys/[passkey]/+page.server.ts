import { error, fail, redirect } from '@sveltejs/kit';
import { NO_PASSWORD } from '#server/accounts/account.ts';
import { confirmOneself } from '#server/accounts/confirm-oneself.ts';
import { findAccount } from '#server/accounts/find-account.ts';
import { listPasskeys } from '#server/passkeys/list-passkeys.ts';
import { passkeyName } from '#server/passkeys/passkey-schemas.ts';
import { removePasskey } from '#server/passkeys/remove-passkey.ts';
import { renamePasskey } from '#server/passkeys/rename-passkey.ts';
import { expectRefusal, TRY_LATER } from '../../../expect-refusal.ts';
import { typedInto } from '../../../person-faults.ts';
import { requireIdentity } from '../../../require-identity.ts';
import { passkeyLine } from '../passkey-line.ts';
import { PASSKEYS } from '../passkeys-texts.ts';
import type { Actions, PageServerLoad } from './$types';

const STATUSES = { 'bad-credentials': 401, 'sign-in-again': 403, 'last-way-in': 409, ...TRY_LATER };

export const load: PageServerLoad = async ({ locals, params }) => {
  const { userId, email } = requireIdentity(locals);
  const passkey = await ownPasskey(locals, params);
  const account = await findAccount(locals.app.db, userId);
  return {
    email,
    passkey: passkeyLine(passkey, locals.studio.timeZone),
    hasPassword: account?.passwordHash !== NO_PASSWORD,
  };
};

export const actions: Actions = {
  async rename({ locals, params, request }) {
    const { userId } = requireIdentity(locals);
    const { id } = await ownPasskey(locals, params);
    const typed = typedInto(await request.formData(), 'name');
    const name = passkeyName.safeParse(typed);
    if (!name.success) return fail(422, { typed, code: 'name', message: PASSKEYS.nameFault });
    if (!(await renamePasskey(locals.app.db, { id, userId, name: name.data }))) error(404);
    redirect(303, '/account/passkeys?done=renamed');
  },

  async remove({ locals, params, request, setHeaders }) {
    const identity = requireIdentity(locals);
    const { id } = await ownPasskey(locals, params);
    const password = typedInto(await request.formData(), 'password');
    try {
      await confirmOneself(locals.app, { identity, password, network: locals.facts.network, now: new Date() });
      await removePasskey(locals.app, { ...identity, id }, locals.facts);
    } catch (refused) {
      const { code, status, message } = expectRefusal(refused, STATUSES, setHeaders);
      return fail(status, { typed: undefined, code, message });
    }
    redirect(303, '/account/passkeys?done=removed');
  },
};

/** The passkey in the address; somebody else's is none. */
async function ownPasskey(locals: App.Locals, params: { passkey: string }) {
  const passkeys = await listPasskeys(locals.app.db, requireIdentity(locals).userId);
  return passkeys.find(({ id }) => id === params.passkey) ?? error(404);
}
