import { error, redirect } from '@sveltejs/kit';
import { finishSignInRequest } from '#server/oidc/finish-interaction.ts';
import { SIGN_IN } from './sign-in-texts.ts';

/** Goes on to the application that asked for a sign-in, as the person who has signed in here. */
export async function goOn(
  { oidc, exchange }: App.Locals,
  { interaction, userId, now }: { interaction: string; userId: number; now: Date },
): Promise<never> {
  const next = await finishSignInRequest(oidc, exchange, interaction, userId, Math.floor(now.getTime() / 1000));
  if (next === undefined) error(410, SIGN_IN.expired);
  redirect(303, new URL(next).pathname);
}
