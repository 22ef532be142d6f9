import { error, redirect } from '@sveltejs/kit';
import { agentInWords } from '#server/accounts/agent-words.ts';
import { linkGoogle } from '#server/accounts/link-google.ts';
import { returnPath } from '#server/accounts/return-path.ts';
import { signInWithGoogle } from '#server/accounts/sign-in-with-google.ts';
import type { GooglePerson } from '#server/google/google-person.ts';
import type { GoogleErrand } from '#server/google/on-its-way.ts';
import { expectRefusal } from '../../../expect-refusal.ts';
import { goIn } from '../../go-in.ts';
import { takeOnItsWay } from '../google-cookie.ts';
import { GOOGLE } from '../google-texts.ts';
import type { PageServerLoad, PageServerLoadEvent } from './$types';

const REFUSALS: Readonly<Record<string, number>> = {
  'google-unproven': 403,
  'google-refused': 403,
  'google-known': 409,
  'google-taken': 409,
  'not-proven': 409,
  'too-many-requests': 429,
};

export const load: PageServerLoad = async (event) => {
  const { locals, url, cookies } = event;
  const { google } = locals.app;
  if (!google) error(404, GOOGLE.isOff);
  const returned = await google.finish(url.searchParams, (name) => takeOnItsWay({ locals, cookies }, name), new Date());
  if (!returned) error(403, GOOGLE.refused);
  const { errand, person } = returned;
  if (errand.link) return await finishLink(event, { link: errand.link, person });
  if (person) return await finishSignIn(event, { errand, person });
  // Whoever declined is where they were.
  redirect(303, wayBack(errand));
};

async function finishSignIn(
  event: PageServerLoadEvent,
  { errand, person }: { errand: GoogleErrand; person: GooglePerson },
): Promise<never> {
  const { locals, request, cookies } = event;
  const now = new Date();
  const returnTo = returnPath(errand.returnTo ?? null);
  const agent = agentInWords(request.headers.get('user-agent'));
  const signedIn = await expect(event, returnTo, () =>
    signInWithGoogle(locals.app, { person, network: locals.facts.network, agent, now }),
  );
  const { userId, entered } = signedIn;
  return await goIn({ locals, cookies }, entered, { userId, returnTo, interaction: errand.interaction, now });
}

async function finishLink(
  event: PageServerLoadEvent,
  { link, person }: { link: NonNullable<GoogleErrand['link']>; person: GooglePerson | undefined },
): Promise<never> {
  const { identity, app, facts } = event.locals;
  // Somebody else signed in meanwhile, or the sign-in that began this has ended.
  if (identity?.signInId !== link.signInId) error(403, GOOGLE.refused);
  if (!person) redirect(303, '/account/google');
  await expect(event, '/account/google', () => linkGoogle(app, { userId: link.userId, sub: person.sub }, facts));
  redirect(303, '/account/google?done=connected');
}

async function expect<Value>(
  { setHeaders }: PageServerLoadEvent,
  returnTo: string | undefined,
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    return await work();
  } catch (refused) {
    const { status, message } = expectRefusal(refused, REFUSALS, setHeaders);
    error(status, { status, message, ...(returnTo !== undefined && { returnTo }) });
  }
}

function wayBack({ returnTo: wanted, interaction }: GoogleErrand): string {
  const returnTo = returnPath(wanted ?? null);
  const onward = new URLSearchParams({
    ...(interaction !== undefined && { interaction }),
    ...(returnTo !== undefined && { return_to: returnTo }),
  });
  return onward.size > 0 ? `/sign-in?${onward}` : '/sign-in';
}
