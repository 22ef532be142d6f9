import { redirect } from '@sveltejs/kit';
import { agentInWords } from '#server/accounts/agent-words.ts';
import { returnPath } from '#server/accounts/return-path.ts';
import { signUpByPasskey } from '#server/accounts/sign-up-by-passkey.ts';
import { newCredentialSchema, passkeySignUpSchema } from '#server/passkeys/passkey-schemas.ts';
import { expectRefusal, TRY_LATER } from '../../expect-refusal.ts';
import { takeQuestion } from '../../passkey-cookie.ts';
import { PASSKEY } from '../../passkey-texts.ts';
import { personFaults, typedInto } from '../../person-faults.ts';
import { typedCredential } from '../../typed-credential.ts';
import { refuseSignUp } from '../refuse-sign-up.ts';
import { keepSignUp } from '../sign-up-cookie.ts';
import { SIGN_UP_PASSKEY } from '../sign-up-texts.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, url }) => {
  const returnTo = returnPath(url.searchParams.get('return_to'));
  if (locals.identity) redirect(303, returnTo ?? '/');
  return { query: url.search };
};

export const actions: Actions = {
  async default({ request, locals, url, cookies, setHeaders }) {
    const form = await request.formData();
    const typed = { name: typedInto(form, 'name'), email: typedInto(form, 'email') };
    const parsed = passkeySignUpSchema.safeParse(typed);
    if (!parsed.success) return refuseSignUp(422, { typed, faults: personFaults(parsed.error.issues) });
    const credential = typedCredential(form, newCredentialSchema);
    const question = takeQuestion({ locals, cookies }, 'sign-up');
    if (!credential || !question) return refuseSignUp(422, { typed, message: PASSKEY.refused });
    let madeId: number | undefined;
    try {
      const passkeyName = agentInWords(request.headers.get('user-agent')) ?? SIGN_UP_PASSKEY.passkeyName;
      const person = { ...parsed.data, network: locals.facts.network, passkeyName };
      madeId = await signUpByPasskey(locals.app, person, { ...question, credential });
    } catch (refused) {
      const { status, message } = expectRefusal(refused, { 'bad-passkey': 422, ...TRY_LATER }, setHeaders);
      return refuseSignUp(status, { typed, message: status === 422 ? PASSKEY.refused : message });
    }
    const returnTo = returnPath(url.searchParams.get('return_to'));
    keepSignUp({ locals, cookies }, { email: parsed.data.email, madeId, returnTo });
    redirect(303, '/sign-up/sent');
  },
};
