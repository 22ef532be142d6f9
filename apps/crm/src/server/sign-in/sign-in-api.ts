import type { ApiRoute } from '@samaya/platform/api-route.ts';
import { emailAddress, saidPassword, searchText } from '@samaya/platform/text-schema.ts';
import { z } from 'zod';
import type { CrmApp } from '#server/app.ts';
import { type Callers, defineRoute } from '#server/callers.ts';
import { signInToApi } from './api-sign-in.ts';
import { createCheckAtBooking } from './check-at-booking.ts';
import { endSignIn } from './end-sign-ins.ts';
import { beginSignIn } from './keep-sign-in.ts';

const TAG = 'Sign-in';
const LONGEST_PASSWORD = 128;
const LONGEST_CODE = 64;

const facilitatorSchema = z.object({ id: z.int(), name: z.string() });
const credentialsSchema = z.strictObject({
  email: emailAddress,
  password: saidPassword(LONGEST_PASSWORD)
    .refine((value) => value !== '', 'is needed')
    .meta({ type: 'string', minLength: 1, maxLength: LONGEST_PASSWORD, format: 'password' }),
  code: searchText(LONGEST_CODE)
    .optional()
    .meta({ description: 'Of the app, six digits, or a recovery code; for accounts with two-step sign-in.' }),
});

/** Signing in and out, and who is signed in. */
export function signInRoutes(app: CrmApp, check = createCheckAtBooking(app.config)): ApiRoute<Callers>[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/v1/sessions',
      caller: 'anyone',
      tag: TAG,
      summary: 'Sign in with your password at booking',
      body: credentialsSchema,
      success: {
        status: 201,
        schema: z.object({
          token: z.string(),
          expires_at: z.iso.datetime(),
          facilitator: facilitatorSchema,
        }),
        description: 'A bearer token for 12 hours.',
      },
      refusals: [
        'bad-credentials',
        'second-factor-needed',
        'bad-code',
        'not-a-facilitator',
        'booking-away',
        'too-many-requests',
      ],
      async handle({ body }, { now, network }) {
        await app.limits('sign-in-network', network);
        await app.limits('sign-in-address', body.email);
        const begunAt = await beginSignIn(app.db);
        const known = await check(body, now);
        const { token, expiresAt } = await signInToApi(app.db, { ...known, begunAt });
        return { token, expires_at: expiresAt.toISOString(), facilitator: known.facilitator };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/v1/sessions/current',
      caller: 'facilitator',
      tag: TAG,
      summary: 'Sign out',
      success: { status: 204, description: 'This token has ended.' },
      async handle(_input, { who }) {
        await endSignIn(app.db, who.signInId);
        return undefined;
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/me',
      caller: 'facilitator',
      tag: TAG,
      summary: 'Who is signed in',
      success: {
        status: 200,
        schema: z.object({ user_id: z.int(), facilitator: facilitatorSchema }),
        description: 'The facilitator this token belongs to.',
      },
      async handle(_input, { who }) {
        return { user_id: who.userId, facilitator: { id: who.facilitatorId, name: who.name } };
      },
    }),
  ];
}
