import { DomainError } from '@samaya/platform/domain-error.ts';
import { json } from '@sveltejs/kit';
import { confirmOneself } from '#server/accounts/confirm-oneself.ts';
import { askForNewPasskey } from '#server/passkeys/ask-for-passkey.ts';
import { keepQuestion } from '../../passkey-cookie.ts';
import { typedInto } from '../../person-faults.ts';
import { requireIdentity } from '../../require-identity.ts';
import type { RequestHandler } from './$types';

/** What the page's script is to ask the browser for, once the person has confirmed that it is they. */
export const POST: RequestHandler = async ({ locals, cookies, request }) => {
  const identity = requireIdentity(locals);
  const password = typedInto(await request.formData(), 'password');
  try {
    await confirmOneself(locals.app, { identity, password, network: locals.facts.network, now: new Date() });
  } catch (refused) {
    // The form is sent without a passkey then, and its page says why.
    if (refused instanceof DomainError) return json({}, { status: 422 });
    throw refused;
  }
  const { userId, name, email } = identity;
  const asked = await askForNewPasskey(locals.app, { userId, name, email, studio: locals.studio.name });
  const { options, handle } = asked;
  keepQuestion({ locals, cookies }, { what: 'add', challenge: options.challenge, handle, userId });
  return json(options, { headers: { 'cache-control': 'no-store' } });
};
