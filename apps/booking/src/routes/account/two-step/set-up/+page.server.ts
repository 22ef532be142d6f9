import { fail, redirect } from '@sveltejs/kit';
import { switchOnTwoStep } from '#server/two-step/switch-on-two-step.ts';
import { keyAddress } from '#server/two-step/two-step.ts';
import { expectRefusal } from '../../../expect-refusal.ts';
import { typedInto } from '../../../person-faults.ts';
import { requireIdentity } from '../../../require-identity.ts';
import { forgetKey, keptKey } from '../set-up-cookie.ts';
import type { Actions, PageServerLoad } from './$types';
import { qrCode } from './qr-code.ts';

export const load: PageServerLoad = ({ locals, cookies, request }) => {
  const { userId, email } = requireIdentity(locals);
  const key = keptKey({ locals, cookies }, userId);
  if (!key && request.method === 'GET') redirect(303, '/account/two-step');
  // Else the form has just used it up, and shows the recovery codes.
  if (!key) return { setUp: undefined };
  const address = keyAddress({ key, studio: locals.studio.name, email });
  return { setUp: { address, qr: qrCode(address), key: key.replaceAll(/.{4}(?=.)/g, '$& ') } };
};

export const actions: Actions = {
  async default({ locals, cookies, request, setHeaders }) {
    const { userId, signInId } = requireIdentity(locals);
    const key = keptKey({ locals, cookies }, userId);
    if (!key) redirect(303, '/account/two-step');
    const code = typedInto(await request.formData(), 'code');
    let codes: string[] | undefined;
    try {
      codes = await switchOnTwoStep(locals.app, { userId, signInId, key, code, now: new Date() }, locals.facts);
    } catch (refused) {
      const { status, message } = expectRefusal(refused, { 'bad-code': 422, 'not-proven': 409 }, setHeaders);
      return fail(status, { message, isWrong: status === 422 });
    }
    forgetKey({ locals, cookies });
    // Sent twice: the codes were shown with the first answer.
    if (!codes) redirect(303, '/account/two-step');
    return { codes };
  },
};
