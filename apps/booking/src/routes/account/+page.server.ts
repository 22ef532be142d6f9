import { fail, redirect } from '@sveltejs/kit';
import { NO_PASSWORD } from '#server/accounts/account.ts';
import { renameSchema } from '#server/accounts/account-schemas.ts';
import { askForProof } from '#server/accounts/ask-for-proof.ts';
import { findAccount } from '#server/accounts/find-account.ts';
import { listSignIns } from '#server/accounts/list-sign-ins.ts';
import { renamePerson } from '#server/accounts/rename-person.ts';
import { listPasskeys } from '#server/passkeys/list-passkeys.ts';
import { findTwoStep } from '#server/two-step/find-two-step.ts';
import { expectRefusal, TRY_LATER } from '../expect-refusal.ts';
import { personFaults, typedInto } from '../person-faults.ts';
import { requireIdentity } from '../require-identity.ts';
import type { Actions, PageServerLoad } from './$types';
import { doneWords } from './account-texts.ts';

export const load: PageServerLoad = async ({ locals, url }) => {
  const identity = requireIdentity(locals);
  const { db } = locals.app;
  const [account, signIns, twoStep, passkeys] = await Promise.all([
    findAccount(db, identity.userId),
    listSignIns(db, identity),
    findTwoStep(db, identity.userId),
    listPasskeys(db, identity.userId),
  ]);
  const done = url.searchParams.get('done');
  return {
    name: identity.name,
    email: identity.email,
    isProven: identity.isProven,
    google: locals.app.google && { isConnected: account?.googleId != null },
    hasPassword: account !== undefined && account.passwordHash !== NO_PASSWORD,
    passkeys: passkeys.length,
    hasTwoStep: twoStep !== undefined,
    signIns: signIns.length,
    // Whoever was in before may have left a passkey.
    done: doneWords(done === 'chosen' && passkeys.length > 0 ? 'chosenBeside' : done),
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
};
