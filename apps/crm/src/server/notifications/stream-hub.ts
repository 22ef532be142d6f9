import { listen } from '@samaya/platform/listen.ts';
import type { Log } from '@samaya/platform/log.ts';

/** Wakes whoever waits for news, one hub per process however many inboxes are open. */
export interface StreamHub {
  /** Resolves once the count of hints is above `seen`, or after a second; answers the count then. */
  next(seen: number): Promise<number>;
  /** Whether the process is stopping, and streams should end. */
  readonly closed: boolean;
  close(): Promise<void>;
}

// A hint may be missed; nobody waits longer than this for news.
const FLOOR_MS = 1000;

/** Listens to the database's hints, from the first time somebody waits. */
export function createStreamHub({ databaseUrl, log }: { databaseUrl: string; log: Log }): StreamHub {
  const waiting = new Set<() => void>();
  let hints = 0;
  let closed = false;
  let listener: { close(): Promise<void> } | undefined;

  const wakeAll = () => {
    for (const wake of waiting) wake();
    waiting.clear();
  };
  return {
    get closed() {
      return closed;
    },
    next(seen) {
      listener ??= listen({
        databaseUrl,
        channel: 'booking_notifications',
        onHint() {
          hints++;
          wakeAll();
        },
        log,
      });
      if (closed || hints > seen) return Promise.resolve(hints);
      return new Promise((resolve) => {
        const floor = setTimeout(wake, FLOOR_MS);
        function wake() {
          clearTimeout(floor);
          waiting.delete(wake);
          resolve(hints);
        }
        waiting.add(wake);
      });
    },
    async close() {
      closed = true;
      wakeAll();
      await listener?.close();
    },
  };
}
