import { fail, redirect } from '@sveltejs/kit';
import { NO_PASSWORD } from '#server/accounts/account.ts';
import { confirmOneself } from '#server/accounts/confirm-oneself.ts';
import { erasePerson } from '#server/accounts/erase-person.ts';
import { findAccount } from '#server/accounts/find-account.ts';
import { listSignIns } from '#server/accounts/list-sign-ins.ts';
import { countUpcoming } from '#server/bookings/count-upcoming.ts';
import { logSecurity } from '#server/security-log.ts';
import { expectRefusal, TRY_LATER } from '../../expect-refusal.ts';
import { dropSignIn } from '../../keep-sign-in.ts';
import { typedInto } from '../../person-faults.ts';
import { requireIdentity } from '../../require-identity.ts';
import type { Actions, PageServerLoad } from './$types';

const STATUSES = { 'bad-credentials': 401, 'sign-in-again': 403, ...TRY_LATER };

export const load: PageServerLoad = async ({ locals }) => {
  const identity = requireIdentity(locals);
  const { db } = locals.app;
  const [upcoming, signIns, account] = await Promise.all([
    countUpcoming(db, identity.userId),
    listSignIns(db, identity),
    findAccount(db, identity.userId),
  ]);
  const hasPassword = account?.passwordHash !== NO_PASSWORD;
  return { email: identity.email, hasPassword, upcoming, signIns: signIns.length };
};

export const actions: Actions = {
  async default({ locals, cookies, request, setHeaders }) {
    const { app, facts } = locals;
    const identity = requireIdentity(locals);
    const { userId } = identity;
    const password = typedInto(await request.formData(), 'password');
    try {
      await confirmOneself(app, { identity, password, network: facts.network, now: new Date() });
    } catch (refused) {
      const { status, message } = expectRefusal(refused, STATUSES, setHeaders);
      return fail(status, { message, isPassword: status === 401 });
    }
    await erasePerson(app.db, userId);
    logSecurity(app.log, 'account.deleted', { user_id: userId }, facts);
    dropSignIn({ locals, cookies, setHeaders });
    redirect(303, '/account/deleted');
  },
};
