import { redirect } from '@sveltejs/kit';
import { signUpSchema } from '#server/accounts/account-schemas.ts';
import { returnPath } from '#server/accounts/return-path.ts';
import { signUpByMail } from '#server/accounts/sign-up-by-mail.ts';
import { passkeySite } from '#server/passkeys/passkey-site.ts';
import { expectRefusal, TRY_LATER } from '../expect-refusal.ts';
import { personFaults, typedInto } from '../person-faults.ts';
import { googleButton } from '../sign-in/google/google-button.ts';
import type { Actions, PageServerLoad } from './$types';
import { refuseSignUp } from './refuse-sign-up.ts';
import { keepSignUp } from './sign-up-cookie.ts';

export const load: PageServerLoad = ({ locals, url }) => {
  const returnTo = returnPath(url.searchParams.get('return_to'));
  if (locals.identity) redirect(303, returnTo ?? '/');
  const canUsePasskeys = passkeySite(locals.app.config) !== undefined;
  return { returnTo, canUsePasskeys, google: googleButton(locals, url) };
};

export const actions: Actions = {
  async default({ request, locals, url, cookies, setHeaders }) {
    const { app, facts } = locals;
    const form = await request.formData();
    const typed = { name: typedInto(form, 'name'), email: typedInto(form, 'email') };
    const parsed = signUpSchema.safeParse({ ...typed, password: typedInto(form, 'password') });
    if (!parsed.success) return refuseSignUp(422, { typed, faults: personFaults(parsed.error.issues) });
    let madeId: number | undefined;
    try {
      madeId = await signUpByMail(app, { ...parsed.data, network: facts.network });
    } catch (refused) {
      const { status, message } = expectRefusal(refused, TRY_LATER, setHeaders);
      return refuseSignUp(status, { typed, message });
    }
    const returnTo = returnPath(url.searchParams.get('return_to'));
    keepSignUp({ locals, cookies }, { email: parsed.data.email, madeId, returnTo });
    redirect(303, '/sign-up/sent');
  },
};
