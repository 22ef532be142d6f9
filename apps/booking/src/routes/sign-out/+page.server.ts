import { redirect } from '@sveltejs/kit';
import { endSignIn } from '#server/accounts/sign-in.ts';
import { dropSignIn } from '../keep-sign-in.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  async default({ locals, cookies, setHeaders }) {
    const { app, identity } = locals;
    if (identity) await endSignIn(app.db, identity.signInId);
    dropSignIn({ locals, cookies, setHeaders });
    redirect(303, '/');
  },
};
