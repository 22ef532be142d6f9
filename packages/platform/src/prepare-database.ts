import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDatabaseAway } from './database.ts';
import type { Log } from './log.ts';
import { PlatformError } from './platform-error.ts';
import { sendRefusal } from './send-refusal.ts';

export interface Preparation {
  isDone: boolean;
  /** Resolves when it is done; rejects when it cannot be. */
  done: Promise<void>;
}

const PAUSE_MS = 500;

/**
 * Does what must be done in the database before anybody is served. Resolves when that is done or, when the database is
 * away, as when both start together, at once: then it is tried again until the database answers.
 */
export async function prepareDatabase(work: () => Promise<void>, log: Log): Promise<Preparation> {
  const preparation = { isDone: false, done: Promise.resolve() };
  const attempt = async () => {
    try {
      await work();
      preparation.isDone = true;
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
      return error;
    }
    return undefined;
  };
  const away = await attempt();
  if (away) {
    log.warn({ err: away }, 'the database does not answer; waiting for it');
    preparation.done = (async () => {
      do await sleep(PAUSE_MS);
      while (await attempt());
    })();
  }
  return preparation;
}

/** What everybody is told until then. */
export function answerNotYet(request: IncomingMessage, response: ServerResponse, requestId: string): void {
  const error = new PlatformError('unavailable', 'This is just starting. Try again in a few seconds.', {
    retryAfterSeconds: 2,
  });
  sendRefusal(request, response, error, requestId);
}
