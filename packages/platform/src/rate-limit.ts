import type pg from 'pg';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { PlatformError } from './platform-error.ts';

export interface Limit {
  /** Requests allowed in the window, per key. */
  points: number;
  seconds: number;
  /** Counted in the database, over all processes; else by each process for itself, where speed matters more. */
  shared: boolean;
}

/** Counts one request of `key` against the limit `name`; throws `too-many-requests` when it is used up. */
export type ConsumeLimit<Name extends string> = (name: Name, key: string) => Promise<void>;

/**
 * Rate limits; the shared ones hold over several processes, kept in the table `rate_limits`, and per process while
 * the database is away. With `enabled` false nothing is limited (allowed on loopback only, see `config.ts`).
 */
export function createLimits<Name extends string>(
  pool: pg.Pool,
  limits: Readonly<Record<Name, Limit>>,
  { enabled }: { enabled: boolean },
): ConsumeLimit<Name> {
  const limiters = new Map(
    Object.entries<Limit>(limits).map(([name, limit]) => {
      const options = { keyPrefix: name, points: limit.points, duration: limit.seconds };
      return [name, limit.shared ? sharedLimiter(pool, options) : new RateLimiterMemory(options)];
    }),
  );
  return async (name, key) => {
    if (!enabled) return;
    try {
      await limiters.get(name)?.consume(key.slice(0, 200));
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      const seconds = Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
      throw new PlatformError('too-many-requests', `Too many tries. Try again in ${seconds} seconds.`, {
        retryAfterSeconds: seconds,
      });
    }
  };
}

function sharedLimiter(pool: pg.Pool, options: { keyPrefix: string; points: number; duration: number }) {
  return new RateLimiterPostgres({
    ...options,
    // Who is over the limit is refused from memory, so a flood costs the database nothing.
    inMemoryBlockOnConsumed: options.points,
    insuranceLimiter: new RateLimiterMemory(options),
    storeClient: pool,
    tableName: 'rate_limits',
    tableCreated: true,
    clearExpiredByTimeout: true,
  });
}
