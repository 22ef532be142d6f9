import { PlatformError } from './platform-error.ts';

export interface BatchingOptions<Item, Result> {
  /**
   * Does the work of several requests at once and answers a result for each, in the same order. When it throws for
   * several, each is tried by itself, so that one bad request fails alone.
   */
  run(items: readonly Item[]): Promise<readonly Result[]>;
  /** Requests in one batch at most. */
  mostTogether: number;
  /** Requests that may wait; beyond it they are refused with `unavailable`. */
  mostWaiting: number;
}

interface Waiting<Item, Result> {
  item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Natural batching: while one batch is under way, requests that arrive wait, and then go together as the next one. An
 * idle server adds no delay, a busy one does the work of many for little more than the price of one.
 */
export function batchNaturally<Item, Result>(options: BatchingOptions<Item, Result>): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = [];
  let isRunning = false;

  async function runAll() {
    isRunning = true;
    while (waiting.length > 0) await settle(waiting.splice(0, options.mostTogether));
    isRunning = false;
  }

  async function settle(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await options.run(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => {
        resolve(results[index] as Result);
      });
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      else for (const one of batch) await settle([one]);
    }
  }

  return async (item) => {
    if (waiting.length >= options.mostWaiting) {
      throw new PlatformError('unavailable', 'Too many requests at once. Try again in a moment.', {
        retryAfterSeconds: 1,
      });
    }
    return await new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!isRunning) void runAll();
    });
  };
}
