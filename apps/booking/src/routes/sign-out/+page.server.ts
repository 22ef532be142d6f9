import { pageCookie } from '@samaya/platform/page-cookie.ts';
import { redirect } from '@sveltejs/kit';
import { endSignIn } from '#server/accounts/sign-in.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  async default({ locals, cookies }) {
    const { app, identity } = locals;
    if (identity) await endSignIn(app.db, identity.signInId);
    const { name, options } = pageCookie('samaya_booking', app.config.bookingUrl);
    cookies.delete(name, options);
    redirect(303, '/');
  },
};
