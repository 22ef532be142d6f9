import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { followStream, StreamStep } from './follow-stream.ts';
import { shapeNotification } from './notification-schemas.ts';

const RETRY_MS = 2000;

/** The position after which a stream goes on; `undefined` where none is given. Refuses what is no id of ours. */
export function positionFrom(lastEventId: string | null): number | undefined {
  if (lastEventId === null || lastEventId === '') return undefined;
  if (!/^\d{1,15}$/.test(lastEventId)) throw new PlatformError('bad-request', 'Last-Event-ID is no id of this stream.');
  return Number(lastEventId);
}

/** An answer that goes on as long as the stream: the next step is asked for when the client has taken the last one. */
export function answerWithEvents(steps: ReturnType<typeof followStream>): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await steps.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(eventOf(value)));
    },
    async cancel() {
      await steps.return(undefined);
    },
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    },
  });
}

// https://html.spec.whatwg.org/multipage/server-sent-events.html
function eventOf(step: StreamStep): string {
  switch (step.kind) {
    case 'at':
      return `retry: ${RETRY_MS}\nid: ${step.position}\nevent: at\ndata: ${step.position}\n\n`;
    case 'heartbeat':
      return ':\n\n';
    case 'notification': {
      const data = JSON.stringify(shapeNotification(step.notification));
      return `id: ${step.notification.stream_position}\nevent: notification\ndata: ${data}\n\n`;
    }
  }
}
