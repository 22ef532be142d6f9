import {
  DIGEST_PATH,
  digestSchema,
  LAST_ID,
  NEWEST_PATH,
  newestSchema,
  signedQuestion,
} from '@samaya/booking-notification/digest.ts';
import { verify } from '@samaya/booking-notification/signature.ts';
import type { ApiRoute, RequestContext } from '@samaya/platform/api-route.ts';
import type { BookingApp } from '#server/app.ts';
import { type Callers, defineRoute } from '#server/callers.ts';
import { BookingError } from '#server/errors.ts';
import { digestQuerySchema, newestQuerySchema } from './digest-schemas.ts';
import { readDigest } from './read-digest.ts';
import { readNewest } from './read-newest.ts';

const SIGNED =
  'Signed by Standard Webhooks with the secret of the notifications; in place of a body the words `GET`, a space, path and query as sent are signed.';

/** Where CRM asks what it should know of bookings, so that it can find out what it lacks. */
export function digestRoutes(app: BookingApp): ApiRoute<Callers>[] {
  return [
    defineRoute({
      method: 'get',
      path: DIGEST_PATH,
      caller: 'signature',
      tag: 'CRM',
      summary: 'Count and hash of the newest states of bookings',
      description: `By blocks of booking ids, from \`after\` on; of one facilitator’s events with \`facilitator_id\`. ${SIGNED}`,
      query: digestQuerySchema,
      success: { status: 200, schema: digestSchema, description: 'The blocks, and from where to ask on.' },
      refusals: ['bad-signature', 'bad-request'],
      async handle({ query }, { request, now }) {
        refuseUnsigned(app, request, now);
        return await readDigest(app.db, { after: query.after ?? 0, facilitatorId: query.facilitator_id });
      },
    }),
    defineRoute({
      method: 'get',
      path: NEWEST_PATH,
      caller: 'signature',
      tag: 'CRM',
      summary: 'The newest states of bookings, with their messages',
      description: `Of the booking ids above \`after\`, up to \`to\`, 200 at most. ${SIGNED}`,
      query: newestQuerySchema,
      success: { status: 200, schema: newestSchema, description: 'The bookings, and from where to ask on.' },
      refusals: ['bad-signature', 'bad-request'],
      async handle({ query }, { request, now }) {
        refuseUnsigned(app, request, now);
        const { after = 0, to = LAST_ID, facilitator_id: facilitatorId } = query;
        return await readNewest(app.db, { after, to, facilitatorId });
      },
    }),
  ];
}

function refuseUnsigned(app: BookingApp, request: RequestContext<unknown>['request'], now: Date): void {
  const fault = verify(
    Buffer.from(signedQuestion(new URL(request.url))),
    {
      id: request.headers.get('webhook-id') ?? undefined,
      timestamp: request.headers.get('webhook-timestamp') ?? undefined,
      signature: request.headers.get('webhook-signature') ?? undefined,
    },
    { secrets: app.config.notificationSecrets, now },
  );
  if (fault) throw new BookingError('bad-signature', `The signature does not hold: ${fault.replaceAll('-', ' ')}.`);
}
