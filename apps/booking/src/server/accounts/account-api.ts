import type { ApiRoute } from '@samaya/platform/api-route.ts';
import type { BookingApp } from '#server/app.ts';
import { type Callers, defineRoute } from '#server/callers.ts';
import { logSecurity } from '#server/security-log.ts';
import type { Person } from './account.ts';
import {
  codedCredentialsSchema,
  personalDataSchema,
  personSchema,
  renameSchema,
  signedInSchema,
  signUpSchema,
  userSchema,
} from './account-schemas.ts';
import { erasePerson } from './erase-person.ts';
import { exportPerson } from './export-person.ts';
import { getPerson } from './get-person.ts';
import { renamePerson } from './rename-person.ts';
import { endSignIn, signIn } from './sign-in.ts';
import { signUp } from './sign-up.ts';

/** Signing up, in and out, and a person's own account. */
export function accountRoutes(app: BookingApp): ApiRoute<Callers>[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/v1/users',
      caller: 'anyone',
      tag: 'Accounts',
      summary: 'Sign up',
      description: 'A password has 10 to 128 characters, of any kind. At most 10 an hour from one network.',
      body: signUpSchema,
      idempotent: true,
      success: { status: 201, schema: userSchema, description: 'The new account.' },
      refusals: ['email-taken', 'bad-idempotency-key', 'idempotency-mismatch', 'idempotency-in-progress'],
      handle: ({ body }, { network, request, rawBody }) =>
        signUp(
          app,
          { ...body, network },
          {
            key: request.headers.get('idempotency-key'),
            method: request.method,
            path: new URL(request.url).pathname,
            rawBody,
          },
        ),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/sessions',
      caller: 'anyone',
      tag: 'Accounts',
      summary: 'Sign in',
      description:
        'Send the token as `Authorization: Bearer …`. It lasts 30 days. At most 10 tries a minute at one address and 30 from one network. An account with two-step sign-in answers `second-factor-needed` once the password was right: send all of it again with `code`, which is good for once, five tries in ten minutes.',
      body: codedCredentialsSchema,
      success: { status: 201, schema: signedInSchema, description: 'The token, told this once.' },
      refusals: ['bad-credentials', 'second-factor-needed', 'bad-code'],
      async handle({ body }, { network, now }) {
        const { token, expiresAt, user } = await signIn(app, { ...body, kind: 'api', network, now });
        return { token, expires_at: expiresAt.toISOString(), user: personOut(user) };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/v1/sessions/current',
      caller: 'signedIn',
      scope: 'read',
      tag: 'Accounts',
      summary: 'Sign out',
      description: 'Ends the sign-in of the token that is sent; others stay.',
      success: { status: 204, description: 'The token has ended.' },
      async handle(_input, { who }) {
        await endSignIn(app.db, who.signInId);
        return undefined;
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/me',
      caller: 'signedIn',
      scope: 'read',
      tag: 'Accounts',
      summary: 'Who am I',
      success: { status: 200, schema: personSchema, description: 'The person signed in.' },
      handle: async (_input, { who }) => personOut(await getPerson(app, who.userId)),
    }),
    defineRoute({
      method: 'patch',
      path: '/api/v1/me',
      caller: 'signedIn',
      tag: 'Accounts',
      summary: 'Change my name',
      body: renameSchema,
      success: { status: 200, schema: personSchema, description: 'The person as they are now.' },
      handle: async ({ body }, { who }) => personOut(await renamePerson(app, { userId: who.userId, name: body.name })),
    }),
    defineRoute({
      method: 'delete',
      path: '/api/v1/me',
      caller: 'signedIn',
      tag: 'Accounts',
      summary: 'Delete my account',
      description: 'Cancels upcoming bookings, ends every sign-in and erases name and address. It cannot be undone.',
      success: { status: 204, description: 'The account is gone.' },
      async handle(_input, { who, network, requestId }) {
        await erasePerson(app.db, who.userId);
        logSecurity(app.log, 'account.deleted', { user_id: who.userId }, { network, requestId });
        return undefined;
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/me/export',
      caller: 'signedIn',
      tag: 'Accounts',
      summary: 'Everything kept about me',
      success: { status: 200, schema: personalDataSchema, description: 'One document, by table.' },
      async handle(_input, { who, now }) {
        const data = await exportPerson(app.db, { userId: who.userId, now });
        return Response.json(data, {
          headers: {
            'cache-control': 'no-store',
            'content-disposition': `attachment; filename="samaya-${who.userId}.json"`,
          },
        });
      },
    }),
  ];
}

function personOut(person: Person) {
  return { ...person, created_at: person.created_at.toISOString() };
}
