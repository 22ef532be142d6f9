import { error, fail, redirect } from '@sveltejs/kit';
import { returnPath } from '#server/accounts/return-path.ts';
import type { BegunAtGoogle } from '#server/google/google-sign-in.ts';
import { expectRefusal, TRY_LATER } from '../../expect-refusal.ts';
import type { Actions, PageServerLoad } from './$types';
import { googleButton } from './google-button.ts';
import { keepOnItsWay } from './google-cookie.ts';
import { GOOGLE } from './google-texts.ts';

/** Shown only when Google does not answer; else the form on the pages to sign in and up leads on at once. */
export const load: PageServerLoad = ({ locals, url, request }) => {
  const google = googleButton(locals, url);
  if (!google) error(404, GOOGLE.isOff);
  const otherWay = `/sign-in${new URL(google.action, url).search}`;
  if (request.method !== 'POST') redirect(303, otherWay);
  return { google, otherWay };
};

export const actions: Actions = {
  async default({ locals, url, cookies, setHeaders }) {
    const { google } = locals.app;
    if (!google) error(404, GOOGLE.isOff);
    const errand = {
      returnTo: returnPath(url.searchParams.get('return_to')),
      interaction: url.searchParams.get('interaction') ?? undefined,
    };
    let begun: BegunAtGoogle;
    try {
      begun = await google.begin(errand, new Date());
    } catch (refused) {
      const { status, message } = expectRefusal(refused, TRY_LATER, setHeaders);
      return fail(status, { message });
    }
    keepOnItsWay({ locals, cookies }, begun);
    redirect(303, begun.url.href, { external: true });
  },
};
