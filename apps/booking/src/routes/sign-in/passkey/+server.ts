import { json } from '@sveltejs/kit';
import { askForPasskey } from '#server/passkeys/ask-for-passkey.ts';
import { keepQuestion } from '../../passkey-cookie.ts';
import type { RequestHandler } from './$types';

/** What the page's script is to ask the browser for. */
export const POST: RequestHandler = async ({ locals, cookies }) => {
  const options = await askForPasskey(locals.app);
  keepQuestion({ locals, cookies }, { what: 'sign-in', challenge: options.challenge });
  return json(options, { headers: { 'cache-control': 'no-store' } });
};
