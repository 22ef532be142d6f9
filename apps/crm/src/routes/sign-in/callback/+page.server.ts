import { pageCookie } from '@samaya/platform/page-cookie.ts';
import { error, redirect } from '@sveltejs/kit';
import { beginSignIn } from '#server/sign-in/keep-sign-in.ts';
import { endPageSignIn, PAGE_SIGN_IN_HOURS, signInToPages } from '#server/sign-in/page-sign-in.ts';
import { SIGN_IN } from '../sign-in-texts.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, cookies }) => {
  const { app, facilitator, signInAtBooking } = locals;
  const onItsWay = pageCookie('samaya_crm_sign_in', app.config.crmUrl);
  const begunAt = await beginSignIn(app.db);
  const finished = await signInAtBooking.finish(url, cookies.get(onItsWay.name), new Date());
  cookies.delete(onItsWay.name, onItsWay.options);
  // Somebody who came back to a finished sign-in, e.g. by the back button.
  if (!finished && facilitator) redirect(303, '/');
  if (!finished) error(410, SIGN_IN.ended);
  if (facilitator) await endPageSignIn(app.db, facilitator.signInId);
  const secret = await signInToPages(app.db, { ...finished.person, begunAt });
  const { name, options } = pageCookie('samaya_crm', app.config.crmUrl);
  cookies.set(name, secret, { ...options, maxAge: PAGE_SIGN_IN_HOURS * 3600 });
  redirect(303, finished.returnTo);
};
