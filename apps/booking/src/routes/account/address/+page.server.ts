import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { NO_PASSWORD } from '#server/accounts/account.ts';
import { accountEmail } from '#server/accounts/account-schemas.ts';
import { askForNewAddress } from '#server/accounts/ask-for-new-address.ts';
import { findAccount } from '#server/accounts/find-account.ts';
import { expectRefusal, TRY_LATER } from '../../expect-refusal.ts';
import { markOfBrowser } from '../../keep-mark.ts';
import { personFaults, typedInto } from '../../person-faults.ts';
import { requireIdentity } from '../../require-identity.ts';
import { sealNote } from '../../sealed-note.ts';
import type { Actions, PageServerLoad } from './$types';
import { ADDRESS } from './address-texts.ts';

const schema = z.object({ email: accountEmail });

export const load: PageServerLoad = async ({ locals }) => {
  const { userId, email, facilitatorId } = requireIdentity(locals);
  const account = await findAccount(locals.app.db, userId);
  return {
    email,
    hasPassword: account !== undefined && account.passwordHash !== NO_PASSWORD,
    isFacilitator: facilitatorId !== null,
    isAdminByAddress: locals.app.config.adminEmails.includes(email.toLowerCase()),
  };
};

export const actions: Actions = {
  async default({ locals, cookies, request, setHeaders }) {
    const { app, facts } = locals;
    const identity = requireIdentity(locals);
    const form = await request.formData();
    const email = typedInto(form, 'email');
    const parsed = schema.safeParse({ email });
    if (!parsed.success) return refuse(422, email, { email: personFaults(parsed.error.issues).email });
    try {
      const password = typedInto(form, 'password');
      const mark = markOfBrowser({ locals, cookies });
      await askForNewAddress(app, identity, { newEmail: parsed.data.email, password, network: facts.network, mark });
    } catch (refused) {
      const statuses = { 'bad-credentials': 422, invalid: 422, ...TRY_LATER };
      const { code, status, message } = expectRefusal(refused, statuses, setHeaders);
      if (code === 'bad-credentials') return refuse(status, email, { password: ADDRESS.wrong });
      if (code === 'invalid') return refuse(status, email, { email: ADDRESS.same });
      return refuse(status, email, {}, message);
    }
    const sealed = sealNote({ keys: app.config.cookieKeys, purpose: 'address sent' }, parsed.data, new Date());
    redirect(303, `/account/address/sent?${new URLSearchParams({ for: sealed })}`);
  },
};

function refuse(
  status: number,
  email: string,
  faults: { email?: string | undefined; password?: string },
  message?: string,
) {
  return fail(status, { email, faults, message });
}
