import { json } from '@sveltejs/kit';
import { askForNewPasskey } from '#server/passkeys/ask-for-passkey.ts';
import { passkeySignUpSchema } from '#server/passkeys/passkey-schemas.ts';
import { keepQuestion } from '../../passkey-cookie.ts';
import { typedInto } from '../../person-faults.ts';
import type { RequestHandler } from './$types';

/** What the page's script is to ask the browser for; it does not depend on whether the address is known. */
export const POST: RequestHandler = async ({ locals, cookies, request }) => {
  const form = await request.formData();
  const parsed = passkeySignUpSchema.safeParse({ name: typedInto(form, 'name'), email: typedInto(form, 'email') });
  if (!parsed.success) return json({}, { status: 422 });
  const asked = await askForNewPasskey(locals.app, { ...parsed.data, studio: locals.studio.name });
  const { options, handle } = asked;
  keepQuestion({ locals, cookies }, { what: 'sign-up', challenge: options.challenge, handle });
  return json(options, { headers: { 'cache-control': 'no-store' } });
};
