import { pageCookie } from '@samaya/platform/page-cookie.ts';
import { redirect } from '@sveltejs/kit';
import { returnPath } from '#server/sign-in/return-path.ts';
import { ON_ITS_WAY_SECONDS } from '#server/sign-in/sign-in-at-booking.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, cookies }) => {
  const { app, facilitator, signInAtBooking } = locals;
  const askAgain = url.searchParams.get('as') === 'other';
  const returnTo = returnPath(url.searchParams.get('return_to'));
  // The cookie must be set where booking sends the browser back to.
  if (url.origin !== app.config.crmUrl)
    redirect(303, app.config.crmUrl + url.pathname + url.search, { external: true });
  if (facilitator && !askAgain) redirect(303, returnTo);
  const begun = await signInAtBooking.begin({ askAgain, returnTo, now: new Date() });
  const { name, options } = pageCookie('samaya_crm_sign_in', app.config.crmUrl);
  cookies.set(name, begun.cookie, { ...options, maxAge: ON_ITS_WAY_SECONDS });
  redirect(303, begun.url, { external: true });
};
