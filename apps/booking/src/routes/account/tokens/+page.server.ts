import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { TOKEN_DAYS } from '#server/accounts/access-token.ts';
import { NO_PASSWORD } from '#server/accounts/account.ts';
import { createAccessToken } from '#server/accounts/create-access-token.ts';
import { endOwnSignIn } from '#server/accounts/end-own-sign-in.ts';
import { findAccount } from '#server/accounts/find-account.ts';
import { listAccessTokens } from '#server/accounts/list-access-tokens.ts';
import { clockFormat } from '../../../words/clock-format.ts';
import { expectRefusal, TRY_LATER } from '../../expect-refusal.ts';
import { typedInto } from '../../person-faults.ts';
import { requireIdentity } from '../../require-identity.ts';
import { OWN_PASSWORD } from '../account-texts.ts';
import type { Actions, PageServerLoad } from './$types';
import { CHOOSABLE, TOKENS, tokenFacts } from './tokens-texts.ts';

// A token may be good for a year: its day has one.
const DATE = clockFormat({ day: 'numeric', month: 'short', year: 'numeric' });
const schema = z.object({
  name: z.string().trim().min(1, TOKENS.nameNeeded).max(60, TOKENS.nameLong),
  days: z.coerce.number().pipe(z.literal(TOKEN_DAYS)),
});

export const load: PageServerLoad = async ({ locals, url, setHeaders }) => {
  // What is shown once must not be shown again by a browser's back.
  setHeaders({ 'cache-control': 'no-store' });
  const { userId, email } = requireIdentity(locals);
  const { db } = locals.app;
  const [account, tokens] = await Promise.all([findAccount(db, userId), listAccessTokens(db, userId)]);
  const day = (instant: Date) => DATE(locals.studio.timeZone).format(instant);
  return {
    email,
    hasPassword: account !== undefined && account.passwordHash !== NO_PASSWORD,
    hasEndedOne: url.searchParams.has('ended'),
    days: [...TOKEN_DAYS],
    tokens: tokens.map(({ id, name, scopes, expires_at, usedAt }) => ({
      id,
      name,
      facts: tokenFacts({ scopes, endsOn: day(expires_at), usedOn: usedAt ? day(usedAt) : undefined }),
    })),
  };
};

export const actions: Actions = {
  async make({ locals, request, setHeaders }) {
    const identity = requireIdentity(locals);
    const form = await request.formData();
    const chosen = CHOOSABLE.map(({ scope }) => scope).filter((scope) => form.has(scope));
    const typed = { name: typedInto(form, 'name'), days: typedInto(form, 'days'), chosen };
    const parsed = schema.safeParse(typed);
    if (!parsed.success) return fail(422, { typed, fault: { field: 'name', sentence: nameFault(parsed.error) } });
    try {
      const token = await createAccessToken(locals.app, identity, {
        ...parsed.data,
        scopes: ['read', ...chosen],
        password: typedInto(form, 'password'),
        network: locals.facts.network,
      });
      return { token, name: parsed.data.name };
    } catch (refused) {
      const statuses = { 'bad-credentials': 422, 'too-many-tokens': 409, ...TRY_LATER };
      const { code, status, message } = expectRefusal(refused, statuses, setHeaders);
      if (code !== 'bad-credentials') return fail(status, { typed, message });
      return fail(status, { typed, fault: { field: 'password', sentence: OWN_PASSWORD.wrong } });
    }
  },

  async end({ locals, request }) {
    const { userId } = requireIdentity(locals);
    await endOwnSignIn(locals.app.db, { id: typedInto(await request.formData(), 'token'), userId });
    redirect(303, '/account/tokens?ended');
  },
};

function nameFault({ issues }: z.ZodError): string {
  return issues.find(({ path }) => path[0] === 'name')?.message ?? TOKENS.nameNeeded;
}
