import type { StreamStep } from './follow-stream.ts';
import { shapeNotification } from './notification-schemas.ts';

const RETRY_MS = 2000;

/** One step of a stream as a server-sent event (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export function eventOf(step: StreamStep): string {
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
