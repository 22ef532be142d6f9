import { verify } from '@samaya/booking-notification/signature.ts';
import { parseJson } from '@samaya/platform/api-request.ts';
import type { ApiRoute } from '@samaya/platform/api-route.ts';
import type { BookingApp } from '#server/app.ts';
import { type Callers, defineRoute } from '#server/callers.ts';
import { BookingError } from '#server/errors.ts';
import { findFacilitator } from '#server/facilitators/find-facilitator.ts';
import { passSecondStep } from '#server/two-step/pass-second-step.ts';
import { codedCredentialsSchema, crmSignedInSchema } from './account-schemas.ts';
import { badCredentials, checkPassword } from './sign-in.ts';

/** The back channel over which CRM asks who has an address and a password, so that it never keeps one. */
export function crmSignInRoutes(app: BookingApp): ApiRoute<Callers>[] {
  const secrets = [`whsec_${Buffer.from(app.config.crmClientSecret).toString('base64')}`];
  return [
    defineRoute({
      method: 'post',
      path: '/api/v1/crm/sign-ins',
      caller: 'signature',
      tag: 'CRM',
      summary: 'Which facilitator has these credentials',
      description:
        'Asked by CRM with `{email, password}`, and `code` of who signs in in two steps, signed by Standard Webhooks over the raw bytes with the secret the two applications share. Counts as a try at the address, together with all others; tries of one network are counted by CRM, which knows it.',
      signedBody: codedCredentialsSchema,
      success: { status: 200, schema: crmSignedInSchema, description: 'The person and the facilitator they are.' },
      refusals: [
        'bad-signature',
        'bad-credentials',
        'second-factor-needed',
        'bad-code',
        'not-a-facilitator',
        'unsupported-media-type',
        'invalid',
        'too-many-requests',
      ],
      async handle(_input, { request, rawBody, now }) {
        const fault = verify(
          rawBody,
          {
            id: request.headers.get('webhook-id') ?? undefined,
            timestamp: request.headers.get('webhook-timestamp') ?? undefined,
            signature: request.headers.get('webhook-signature') ?? undefined,
          },
          { secrets, now },
        );
        if (fault) {
          throw new BookingError('bad-signature', `The signature does not hold: ${fault.replaceAll('-', ' ')}.`);
        }
        const { code, ...credentials } = parseJson(
          codedCredentialsSchema,
          request.headers.get('content-type'),
          rawBody,
        );
        const person = await checkPassword(app, { ...credentials, network: undefined });
        if (!person) throw badCredentials();
        await passSecondStep(app, { userId: person.id, code, now });
        const facilitator =
          person.facilitator_id === null ? undefined : await findFacilitator(app.db, person.facilitator_id);
        if (!facilitator) {
          throw new BookingError('not-a-facilitator', 'This account is not that of a facilitator.');
        }
        return {
          user: { id: person.id, name: person.name, email: person.email },
          facilitator: { id: facilitator.id, name: facilitator.name },
        };
      },
    }),
  ];
}
