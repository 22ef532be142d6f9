import { pageCookie } from '@samaya/platform/page-cookie.ts';
import { error, redirect } from '@sveltejs/kit';
import { endPageSignIn, PAGE_SIGN_IN_HOURS, signInToPages } from '#server/sign-in/page-sign-in.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, cookies }) => {
  const { app, facilitator, signInAtBooking } = locals;
  const onItsWay = pageCookie('samaya_crm_sign_in', app.config.crmUrl);
  const person = await signInAtBooking.finish(url, cookies.get(onItsWay.name), new Date());
  cookies.delete(onItsWay.name, onItsWay.options);
  // Somebody who came back to a finished sign-in, e.g. by the back button.
  if (!person && facilitator) redirect(303, '/');
  if (!person) error(410, 'It took too long, was called off, or began in another browser.');
  if (facilitator) await endPageSignIn(app.db, facilitator.signInId);
  const secret = await signInToPages(app.db, person);
  const { name, options } = pageCookie('samaya_crm', app.config.crmUrl);
  cookies.set(name, secret, { ...options, maxAge: PAGE_SIGN_IN_HOURS * 3600 });
  redirect(303, '/');
};
