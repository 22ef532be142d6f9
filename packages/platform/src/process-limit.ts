/**
 * Counts requests by key, in windows that begin with a key's first request; answers how many milliseconds this one is
 * too early, 0 when it is within the limit. Keys of windows gone by are dropped by the thousand, without a timer each.
 */
export function limitPerProcess(
  { points, seconds }: { points: number; seconds: number },
  clock: () => number = () => performance.now(),
): (key: string) => number {
  const windowMs = seconds * 1000;
  let young = new Map<string, Window>();
  let old = new Map<string, Window>();
  let turnedAt = clock();

  function turn(now: number) {
    old = now - turnedAt < 2 * windowMs ? young : new Map();
    young = new Map();
    turnedAt = now;
  }

  return (key) => {
    const now = clock();
    if (now - turnedAt >= windowMs || young.size >= MOST_KEYS) turn(now);
    let window = young.get(key);
    if (!window) {
      const earlier = old.get(key);
      window = earlier && earlier.until > now ? earlier : { until: now + windowMs, count: 0 };
      young.set(key, window);
    } else if (window.until <= now) {
      window.until = now + windowMs;
      window.count = 0;
    }
    window.count++;
    return window.count > points ? window.until - now : 0;
  };
}

interface Window {
  until: number;
  count: number;
}

// Beyond it the oldest are forgotten, so that nobody fills the memory with addresses.
const MOST_KEYS = 100_000;
