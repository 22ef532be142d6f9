import type { ApiRoute } from '@samaya/platform/api-route.ts';
import type { CrmApp } from '#server/app.ts';
import { type Callers, defineRoute } from '#server/callers.ts';
import { followStream } from './follow-stream.ts';
import { listNotifications } from './list-notifications.ts';
import { answerWithEvents, positionFrom } from './notification-events.ts';
import {
  changedSchema,
  idParams,
  listQuerySchema,
  notificationSchema,
  pageSchema,
  processedSchema,
  processManySchema,
  shapeNotification,
} from './notification-schemas.ts';
import { processNotification, processNotifications } from './process-notifications.ts';

const TAG = 'Booking notifications';

/** A facilitator's own notifications: list, mark, follow. */
export function notificationRoutes(app: CrmApp): ApiRoute<Callers>[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/booking-notifications',
      caller: 'facilitator',
      tag: TAG,
      summary: 'List notifications, newest first',
      description:
        '`from` and `to` are about `received_at`: moments with offset, or bare dates, inclusive, in the studio’s time zone.',
      query: listQuerySchema,
      success: { status: 200, schema: pageSchema, description: 'A page, and the cursor of the next one.' },
      refusals: ['bad-request'],
      async handle({ query }, { who }) {
        const scope = { facilitatorId: who.facilitatorId, timeZone: app.config.studio.timeZone };
        const { items, next } = await listNotifications(app.db, scope, query);
        return { items: items.map(shapeNotification), next };
      },
    }),
    defineRoute({
      method: 'patch',
      path: '/api/v1/booking-notifications/{id}',
      caller: 'facilitator',
      tag: TAG,
      summary: 'Mark a notification as processed, or as to do again',
      params: idParams,
      body: processedSchema,
      success: { status: 200, schema: notificationSchema, description: 'The notification as it is now.' },
      refusals: ['not-found', 'invalid'],
      async handle({ params, body }, { who }) {
        const mark = { facilitatorId: who.facilitatorId, userId: who.userId, id: params.id, processed: body.processed };
        return shapeNotification(await processNotification(app.db, mark));
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/booking-notifications/process',
      caller: 'facilitator',
      tag: TAG,
      summary: 'Mark up to 500 notifications',
      body: processManySchema,
      success: { status: 200, schema: changedSchema, description: 'Those that changed; the others were so already.' },
      refusals: ['invalid'],
      async handle({ body }, { who }) {
        const { facilitatorId, userId } = who;
        const changed = await processNotifications(app.db, { facilitatorId, userId, ...body });
        return { changed: changed.map(shapeNotification) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/stream',
      caller: 'facilitator',
      tag: TAG,
      summary: 'Follow what arrives and changes',
      description:
        'Server-sent events: `notification` with the notification as data. Send the last `id` you got as `Last-Event-ID` and nothing is missed.',
      success: { status: 200, description: 'A stream of events.', contentType: 'text/event-stream' },
      refusals: ['bad-request'],
      async handle(_input, { who, request }) {
        const from = positionFrom(request.headers.get('last-event-id'));
        return answerWithEvents(followStream(app, { ...who, from }));
      },
    }),
  ];
}
