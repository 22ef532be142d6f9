import { error, fail, redirect } from '@sveltejs/kit';
import { agentInWords } from '#server/accounts/agent-words.ts';
import { changeAddress } from '#server/accounts/change-address.ts';
import { findNewAddress } from '#server/accounts/find-new-address.ts';
import { TAKE } from '../../account/address/address-texts.ts';
import { expectRefusal, TRY_LATER } from '../../expect-refusal.ts';
import { keepMark, markOfBrowser } from '../../keep-mark.ts';
import { typedInto } from '../../person-faults.ts';
import { goIn } from '../../sign-in/go-in.ts';
import type { Actions, PageServerLoad } from './$types';

const STATUSES = { 'bad-credentials': 401, 'link-ended': 410, 'email-taken': 409, ...TRY_LATER };

export const load: PageServerLoad = async ({ locals, params }) => {
  const found = await findNewAddress(locals.app, { token: params.token, now: new Date() });
  if (!found) error(410, TAKE.endedText);
  const { id, name, email, newEmail } = found;
  // A mistyped address is a stranger's, who reads nothing here of whose account it is.
  return { newEmail, own: locals.identity?.userId === id ? { name, email } : undefined };
};

export const actions: Actions = {
  async default({ locals, cookies, params, request, setHeaders, url }) {
    const { app, facts, identity } = locals;
    const { token } = params;
    const now = new Date();
    const found = await findNewAddress(app, { token, now });
    const password = typedInto(await request.formData(), 'password');
    let entered: Awaited<ReturnType<typeof changeAddress>>;
    try {
      entered = await changeAddress(app, {
        token,
        owner:
          identity && identity.userId === found?.id
            ? { by: 'sign-in', userId: identity.userId }
            : { by: 'password', password, network: facts.network, mark: markOfBrowser({ locals, cookies }) },
        agent: agentInWords(request.headers.get('user-agent')),
        now,
      });
      if (found) keepMark({ locals, cookies }, found.newEmail, now);
    } catch (refused) {
      const { code, status, message } = expectRefusal(refused, STATUSES, setHeaders);
      // Its page says that the link has ended.
      if (code === 'link-ended') redirect(303, url.pathname);
      return fail(status, { message });
    }
    return await goIn({ locals, cookies }, entered, { returnTo: '/account?done=address', now });
  },
};
