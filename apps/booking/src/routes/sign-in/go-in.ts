import { error, redirect } from '@sveltejs/kit';
import type { FirstStep } from '#server/accounts/first-step.ts';
import type { OpenedSignIn } from '#server/accounts/sign-in.ts';
import { finishSignInRequest } from '#server/oidc/finish-interaction.ts';
import { keepSignIn } from '../keep-sign-in.ts';
import { type Exchange, keepFirstStep } from './first-step-cookie.ts';
import { SIGN_IN } from './sign-in-texts.ts';

/** Where somebody was on their way to when they had to sign in. */
export interface WayOn {
  /** A path of ours, see `returnPath`. */
  returnTo?: string | undefined;
  /** The sign-in that CRM asked for, and who answers it. */
  interaction?: string | undefined;
  userId?: number | undefined;
}

/** Lets this browser in and leads on; by the page that asks for a code, where one is needed. */
export async function goIn(
  exchange: Exchange,
  entered: OpenedSignIn | FirstStep,
  { userId, returnTo, interaction }: WayOn,
): Promise<never> {
  if (!('token' in entered)) {
    keepFirstStep(exchange, { ...entered, returnTo, interaction });
    redirect(303, '/sign-in/code');
  }
  await keepSignIn(exchange, entered);
  if (interaction !== undefined && userId !== undefined) await goOnToCrm(exchange.locals, interaction, userId);
  redirect(303, returnTo ?? '/');
}

/** Tells the sign-in provider who signed in, and leads back to CRM. */
export async function goOnToCrm({ oidc, exchange }: App.Locals, interaction: string, userId: number): Promise<never> {
  const next = await finishSignInRequest(oidc, exchange, interaction, userId, Math.floor(Date.now() / 1000));
  if (next === undefined) error(410, SIGN_IN.expired);
  redirect(303, new URL(next).pathname);
}
