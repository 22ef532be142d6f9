import { fail } from '@sveltejs/kit';
import { agentInWords } from '#server/accounts/agent-words.ts';
import { returnPath } from '#server/accounts/return-path.ts';
import { signedSchema } from '#server/passkeys/passkey-schemas.ts';
import { signInByPasskey } from '#server/passkeys/sign-in-by-passkey.ts';
import { expectRefusal, TRY_LATER } from '../../expect-refusal.ts';
import { takeQuestion } from '../../passkey-cookie.ts';
import { PASSKEY } from '../../passkey-texts.ts';
import { typedCredential } from '../../typed-credential.ts';
import { goIn } from '../go-in.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) => ({ query: url.search });

export const actions: Actions = {
  async default({ locals, cookies, request, url, setHeaders }) {
    const signed = typedCredential(await request.formData(), signedSchema);
    const question = takeQuestion({ locals, cookies }, 'sign-in');
    if (!signed || !question) return fail(401, { message: PASSKEY.refused });
    const now = new Date();
    let signedIn: Awaited<ReturnType<typeof signInByPasskey>>;
    try {
      signedIn = await signInByPasskey(locals.app, {
        signed,
        challenge: question.challenge,
        network: locals.facts.network,
        agent: agentInWords(request.headers.get('user-agent')),
        now,
      });
    } catch (refused) {
      const { status, message } = expectRefusal(refused, { 'bad-passkey': 401, ...TRY_LATER }, setHeaders);
      return fail(status, { message: status === 401 ? PASSKEY.refused : message });
    }
    return await goIn({ locals, cookies }, signedIn.entered, {
      userId: signedIn.userId,
      returnTo: returnPath(url.searchParams.get('return_to')),
      interaction: url.searchParams.get('interaction') ?? undefined,
      now,
    });
  },
};
