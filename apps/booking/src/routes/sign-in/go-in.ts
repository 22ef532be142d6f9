import { redirect } from '@sveltejs/kit';
import type { FirstStep } from '#server/accounts/first-step.ts';
import type { OpenedSignIn } from '#server/accounts/sign-in.ts';
import { keepSignIn } from '../keep-sign-in.ts';
import { type Exchange, keepFirstStep } from './first-step-cookie.ts';
import { goOn } from './go-on.ts';

/** Where somebody was on their way to when they had to sign in. */
export interface WayOn {
  /** A path of ours, see `returnPath`. */
  returnTo?: string | undefined;
  /** The sign-in that CRM asked for, and who answers it. */
  interaction?: string | undefined;
  userId?: number | undefined;
  now: Date;
}

/** Lets this browser in and leads on; by the page that asks for a code, where one is needed. */
export async function goIn(
  exchange: Exchange,
  entered: OpenedSignIn | FirstStep,
  { userId, returnTo, interaction, now }: WayOn,
): Promise<never> {
  if (!('token' in entered)) {
    keepFirstStep(exchange, { ...entered, returnTo, interaction }, now);
    redirect(303, '/sign-in/code');
  }
  await keepSignIn(exchange, entered);
  if (interaction !== undefined && userId !== undefined) await goOn(exchange.locals, { interaction, userId, now });
  redirect(303, returnTo ?? '/');
}
