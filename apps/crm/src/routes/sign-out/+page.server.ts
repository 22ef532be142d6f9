import { pageCookie } from '@samaya/platform/page-cookie.ts';
import { redirect } from '@sveltejs/kit';
import { endPageSignIn } from '#server/sign-in/page-sign-in.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = () => redirect(303, '/');

export const actions: Actions = {
  async default({ locals, cookies, setHeaders }) {
    const { app, facilitator } = locals;
    if (facilitator) await endPageSignIn(app.db, facilitator.signInId);
    const { name, options } = pageCookie('samaya_crm', app.config.crmUrl);
    cookies.delete(name, options);
    // Not `cookies`: that would take those of other applications on the host too.
    setHeaders({ 'clear-site-data': '"cache", "storage"' });
    redirect(303, '/signed-out');
  },
};
