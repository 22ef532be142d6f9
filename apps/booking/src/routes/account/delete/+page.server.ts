import { fail, redirect } from '@sveltejs/kit';
import { erasePerson } from '#server/accounts/erase-person.ts';
import { listSignIns } from '#server/accounts/list-sign-ins.ts';
import { badCredentials, checkPassword } from '#server/accounts/sign-in.ts';
import { countUpcoming } from '#server/bookings/count-upcoming.ts';
import { logSecurity } from '#server/security-log.ts';
import { expectRefusal, TRY_LATER } from '../../expect-refusal.ts';
import { dropSignIn } from '../../keep-sign-in.ts';
import { typedInto } from '../../person-faults.ts';
import { requireIdentity } from '../../require-identity.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
  const identity = requireIdentity(locals);
  const { db } = locals.app;
  const [upcoming, signIns] = await Promise.all([countUpcoming(db, identity.userId), listSignIns(db, identity)]);
  return { email: identity.email, upcoming, signIns: signIns.length };
};

export const actions: Actions = {
  async default({ locals, cookies, request, setHeaders }) {
    const { app, facts } = locals;
    const { userId, email } = requireIdentity(locals);
    const password = typedInto(await request.formData(), 'password');
    try {
      const person = await checkPassword(app, { email: email.toLowerCase(), password, network: facts.network });
      if (person?.id !== userId) throw badCredentials();
    } catch (refused) {
      const { status, message } = expectRefusal(refused, { 'bad-credentials': 401, ...TRY_LATER }, setHeaders);
      return fail(status, { message, isPassword: status === 401 });
    }
    await erasePerson(app.db, userId);
    logSecurity(app.log, 'account.deleted', { user_id: userId }, facts);
    dropSignIn({ locals, cookies, setHeaders });
    redirect(303, '/account/deleted');
  },
};
