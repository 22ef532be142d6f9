import { DomainError } from '@samaya/platform/domain-error.ts';
import { pageCookie } from '@samaya/platform/page-cookie.ts';
import { fail, redirect } from '@sveltejs/kit';
import { signUpSchema } from '#server/accounts/account-schemas.ts';
import { returnPath } from '#server/accounts/return-path.ts';
import { type SignedIn, signIn } from '#server/accounts/sign-in.ts';
import { signUp } from '#server/accounts/sign-up.ts';
import type { Actions, PageServerLoad } from './$types';
import { type Faults, sayFaults } from './sign-up-faults.ts';

const NOT_MADE = 'We could not make an account with these details. If you have been here before, sign in instead.';
const TRY_STATUSES: Record<string, number> = { 'too-many-requests': 429, unavailable: 503 };

export const load: PageServerLoad = ({ locals, url }) => {
  const returnTo = returnPath(url.searchParams.get('return_to'));
  if (locals.identity) redirect(303, returnTo ?? '/');
  return { returnTo };
};

export const actions: Actions = {
  async default({ request, locals, url, cookies, setHeaders }) {
    const { app, facts } = locals;
    const form = await request.formData();
    const [name, email, password] = ['name', 'email', 'password'].map((field) => textOf(form.get(field)));
    const typed = { name: name ?? '', email: email ?? '' };
    const parsed = signUpSchema.safeParse({ ...typed, password });
    if (!parsed.success) return refuse(422, { typed, faults: sayFaults(parsed.error.issues) });
    let signedIn: SignedIn;
    try {
      const account = { ...parsed.data, network: facts.network };
      const once = { key: null, method: request.method, path: url.pathname, rawBody: new Uint8Array() };
      try {
        await signUp(app, account, once);
      } catch (refused) {
        if (!(refused instanceof DomainError) || refused.code !== 'email-taken') throw refused;
      }
      // Whoever has the address and knows its password is that person, new or not. Nobody else learns which it was.
      signedIn = await signIn(app, { ...account, kind: 'page', now: new Date() });
    } catch (refused) {
      if (!(refused instanceof DomainError)) throw refused;
      if (refused.code === 'bad-credentials') return refuse(422, { typed, message: NOT_MADE });
      const status = TRY_STATUSES[refused.code];
      if (status === undefined) throw refused;
      if (refused.retryAfterSeconds !== undefined) setHeaders({ 'retry-after': String(refused.retryAfterSeconds) });
      return refuse(status, { typed, message: refused.message });
    }
    const { name: cookie, options } = pageCookie('samaya_booking', app.config.bookingUrl);
    cookies.set(cookie, signedIn.token, { ...options, expires: signedIn.expiresAt });
    redirect(303, returnPath(url.searchParams.get('return_to')) ?? '/');
  },
};

interface Refusal {
  /** What was typed, without the password. */
  typed: { name: string; email: string };
  message?: string;
  faults?: Faults;
}

function refuse(status: number, { typed, message, faults = {} }: Refusal) {
  return fail(status, { typed, message, faults });
}

function textOf(value: FormDataEntryValue | null): string {
  return typeof value === 'string' ? value : '';
}
