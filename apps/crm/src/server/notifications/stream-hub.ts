import { listen } from '@samaya/platform/listen.ts';
import type { Log } from '@samaya/platform/log.ts';

/** Wakes whoever waits for news, one hub per process however many inboxes are open. */
export interface StreamHub {
  /** Resolves once a facilitator's count of hints is above `seen`, or after a second; answers the count then. */
  next(facilitatorId: number, seen: number): Promise<number>;
  /** Whether the process is stopping, and streams should end. */
  readonly closed: boolean;
  close(): Promise<void>;
}

// A hint may be missed; nobody waits longer than this for news.
const FLOOR_MS = 1000;

/** Listens to the database's hints, from the first time somebody waits. */
export function createStreamHub({ databaseUrl, log }: { databaseUrl: string; log: Log }): StreamHub {
  const waiting = new Map<number, Set<() => void>>();
  const hintsOf = new Map<number, number>();
  let hintsForAll = 0;
  let closed = false;
  let listener: { close(): Promise<void> } | undefined;

  const countOf = (facilitatorId: number) => hintsForAll + (hintsOf.get(facilitatorId) ?? 0);
  const wakeFor = (facilitatorId: number) => {
    for (const wake of waiting.get(facilitatorId) ?? []) wake();
  };
  const wakeAll = () => {
    for (const facilitatorId of [...waiting.keys()]) wakeFor(facilitatorId);
  };
  /** `payload` names the facilitators, or nobody when it may be any of them. */
  function onHint(payload: string) {
    if (payload === '') {
      hintsForAll++;
      return wakeAll();
    }
    for (const facilitatorId of payload.split(',').map(Number)) {
      hintsOf.set(facilitatorId, (hintsOf.get(facilitatorId) ?? 0) + 1);
      wakeFor(facilitatorId);
    }
  }
  return {
    get closed() {
      return closed;
    },
    next(facilitatorId, seen) {
      listener ??= listen({ databaseUrl, channel: 'booking_notifications', onHint, log });
      if (closed || countOf(facilitatorId) > seen) return Promise.resolve(countOf(facilitatorId));
      return new Promise((resolve) => {
        const others = waiting.get(facilitatorId) ?? new Set();
        waiting.set(facilitatorId, others);
        const floor = setTimeout(wake, FLOOR_MS);
        function wake() {
          clearTimeout(floor);
          others.delete(wake);
          if (others.size === 0) waiting.delete(facilitatorId);
          resolve(countOf(facilitatorId));
        }
        others.add(wake);
      });
    },
    async close() {
      closed = true;
      wakeAll();
      await listener?.close();
    },
  };
}
