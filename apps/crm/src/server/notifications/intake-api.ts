import { deliveryAnswerSchema, deliverySchema, INTAKE_MAX_BYTES } from '@samaya/booking-notification/message.ts';
import { verify } from '@samaya/booking-notification/signature.ts';
import type { ApiRoute } from '@samaya/platform/api-route.ts';
import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { CrmApp } from '#server/app.ts';
import { type Callers, defineRoute } from '#server/callers.ts';
import { CrmError } from '#server/errors.ts';
import { receiveNotifications } from './receive-notifications.ts';

/** The route that booking's relay posts to. */
export function intakeRoutes(app: CrmApp): ApiRoute<Callers>[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/v1/booking-notifications',
      caller: 'signature',
      tag: 'Intake',
      summary: 'Take in notifications from booking',
      description:
        'Signed by Standard Webhooks over the raw bytes: `{ "notifications": [ … ] }`, 200 messages at most. Answers an outcome per message: `stored`, `duplicate`, `superseded` or `rejected` with the reason.',
      signedBody: deliverySchema,
      maxBodyBytes: INTAKE_MAX_BYTES,
      success: { status: 200, schema: deliveryAnswerSchema, description: 'An outcome per message, in the order sent.' },
      refusals: ['bad-signature', 'payload-too-large', 'invalid'],
      async handle(_input, { request, rawBody, now }) {
        const fault = verify(
          rawBody,
          {
            id: request.headers.get('webhook-id') ?? undefined,
            timestamp: request.headers.get('webhook-timestamp') ?? undefined,
            signature: request.headers.get('webhook-signature') ?? undefined,
          },
          { secrets: app.config.notificationSecrets, now },
        );
        if (fault) throw new CrmError('bad-signature', `The signature does not hold: ${fault.replaceAll('-', ' ')}.`);
        return { outcomes: await receiveNotifications(app.db, readDelivery(rawBody)) };
      },
    }),
  ];
}

function readDelivery(rawBody: Uint8Array): unknown[] {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(rawBody);
    return deliverySchema.parse(JSON.parse(text)).notifications;
  } catch (cause) {
    throw new PlatformError('invalid', 'The body is not {"notifications": [ … ]} with 1 to 200 messages.', { cause });
  }
}
