import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { accountEmail } from '#server/accounts/account-schemas.ts';
import { askForReset } from '#server/accounts/ask-for-reset.ts';
import { expectRefusal, TRY_LATER } from '../expect-refusal.ts';
import { type PersonFaults, personFaults, typedInto } from '../person-faults.ts';
import { sealNote } from '../sealed-note.ts';
import type { Actions } from './$types';

const resetSchema = z.object({ email: accountEmail });

export const actions: Actions = {
  async default({ locals, request, setHeaders }) {
    const { app, facts } = locals;
    const email = typedInto(await request.formData(), 'email');
    const parsed = resetSchema.safeParse({ email });
    if (!parsed.success) return refuse(422, { email, faults: personFaults(parsed.error.issues) });
    try {
      await askForReset(app, { email: parsed.data.email, network: facts.network });
    } catch (refused) {
      const { status, message } = expectRefusal(refused, TRY_LATER, setHeaders);
      return refuse(status, { email, message });
    }
    const sealed = sealNote({ keys: app.config.cookieKeys, purpose: 'reset sent' }, parsed.data, new Date());
    redirect(303, `/reset/sent?${new URLSearchParams({ for: sealed })}`);
  },
};

function refuse(
  status: number,
  { email, message, faults = {} }: { email: string; message?: string; faults?: PersonFaults },
) {
  return fail(status, { email, message, faults });
}
