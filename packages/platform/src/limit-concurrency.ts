import { PlatformError } from './platform-error.ts';

export type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>;

/**
 * Lets so many pieces of work run at once and so many wait; one more is refused with `unavailable` and a sentence, so
 * that a crowd cannot drown the process.
 */
export function limitConcurrency({
  most,
  mostWaiting,
  busy,
}: {
  most: number;
  mostWaiting: number;
  busy: string;
}): InTurn {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= most) {
      if (waiting.length >= mostWaiting) throw new PlatformError('unavailable', busy, { retryAfterSeconds: 2 });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running++;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
