import { fail, redirect } from '@sveltejs/kit';
import { NO_PASSWORD } from '#server/accounts/account.ts';
import { confirmOneself } from '#server/accounts/confirm-oneself.ts';
import { findAccount } from '#server/accounts/find-account.ts';
import { findTwoStep } from '#server/two-step/find-two-step.ts';
import { renewRecoveryCodes } from '#server/two-step/renew-recovery-codes.ts';
import { switchOffTwoStep } from '#server/two-step/switch-off-two-step.ts';
import { createKey } from '#server/two-step/two-step.ts';
import { clockFormat } from '../../../words/clock-format.ts';
import { expectRefusal, TRY_LATER } from '../../expect-refusal.ts';
import { typedInto } from '../../person-faults.ts';
import { requireIdentity } from '../../require-identity.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';
import { keepKey } from './set-up-cookie.ts';

const DATE = clockFormat({ day: 'numeric', month: 'long', year: 'numeric' });
const STATUSES = { 'bad-credentials': 401, 'bad-code': 401, 'sign-in-again': 403, ...TRY_LATER };

export const load: PageServerLoad = async ({ locals, url }) => {
  const { userId, email, isProven } = requireIdentity(locals);
  const { db } = locals.app;
  const [account, twoStep] = await Promise.all([findAccount(db, userId), findTwoStep(db, userId)]);
  return {
    email,
    isProven,
    hasPassword: account?.passwordHash !== NO_PASSWORD,
    on: twoStep && { since: DATE(locals.studio.timeZone).format(twoStep.since), codesLeft: twoStep.codesLeft },
    isOff: url.searchParams.get('done') === 'off' && !twoStep,
  };
};

export const actions: Actions = {
  async begin(event) {
    const { locals, cookies } = event;
    const identity = requireIdentity(locals);
    const refusal = await ask(event, async () => undefined);
    if ('refused' in refusal) return refusal.refused;
    keepKey({ locals, cookies }, { userId: identity.userId, key: createKey() });
    redirect(303, '/account/two-step/set-up');
  },

  async renew(event) {
    const { app, facts } = event.locals;
    const { userId } = requireIdentity(event.locals);
    const done = await ask(event, (code) => renewRecoveryCodes(app, { userId, code, now: new Date() }, facts));
    return 'refused' in done ? done.refused : { codes: done.answer };
  },

  async off(event) {
    const { app, facts } = event.locals;
    const { userId, signInId } = requireIdentity(event.locals);
    const done = await ask(event, (code) => switchOffTwoStep(app, { userId, signInId, code, now: new Date() }, facts));
    if ('refused' in done) return done.refused;
    redirect(303, '/account/two-step?done=off');
  },
};

/** Does what was asked for, once the person has confirmed that it is they. */
async function ask<Answer>({ locals, request, setHeaders }: RequestEvent, work: (code: string) => Promise<Answer>) {
  const form = await request.formData();
  try {
    await confirmOneself(locals.app, {
      identity: requireIdentity(locals),
      password: typedInto(form, 'password'),
      network: locals.facts.network,
      now: new Date(),
    });
    return { answer: await work(typedInto(form, 'code')) };
  } catch (refused) {
    const { code, status, message } = expectRefusal(refused, STATUSES, setHeaders);
    return { refused: fail(status, { code, message }) };
  }
}
