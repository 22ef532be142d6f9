import type pg from 'pg';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { UsedUpLimit } from './domain-error.ts';
import { PlatformError } from './platform-error.ts';
import { limitPerProcess } from './process-limit.ts';

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
 * the database is away. With `enabled` false nothing is limited (allowed on loopback only, see `config.ts`). Who is
 * refused is told to `onRefused`.
 */
export function createLimits<Name extends string>(
  pool: pg.Pool,
  limits: Readonly<Record<Name, Limit>>,
  { enabled, onRefused }: { enabled: boolean; onRefused?: (name: Name) => void },
): ConsumeLimit<Name> {
  const shared = new Map<string, RateLimiterPostgres>();
  const own = new Map<string, (key: string) => number>();
  for (const [name, limit] of Object.entries<Limit>(limits)) {
    if (limit.shared) {
      shared.set(name, sharedLimiter(pool, { keyPrefix: name, points: limit.points, duration: limit.seconds }));
    } else own.set(name, limitPerProcess(limit));
  }
  // Asked by every request, and mostly for nothing.
  const admitted = Promise.resolve();
  return (name, key) => {
    if (!enabled) return admitted;
    const limit = own.get(name);
    if (!limit) return consumeShared(shared.get(name), key, { name, ...limits[name] }, onRefused);
    const tooEarly = limit(key);
    if (tooEarly === 0) return admitted;
    onRefused?.(name);
    return Promise.reject(tooManyRequests(tooEarly, { name, ...limits[name] }));
  };
}

async function consumeShared<Name extends string>(
  limiter: RateLimiterPostgres | undefined,
  key: string,
  limit: UsedUpLimit & { name: Name },
  onRefused: ((name: Name) => void) | undefined,
): Promise<void> {
  try {
    await limiter?.consume(key.slice(0, 200));
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    onRefused?.(limit.name);
    throw tooManyRequests(refused.msBeforeNext, limit);
  }
}

function tooManyRequests(milliseconds: number, { name, points, seconds }: UsedUpLimit): PlatformError {
  const retryAfterSeconds = Math.max(1, Math.ceil(milliseconds / 1000));
  return new PlatformError('too-many-requests', `Too many tries. Try again in ${waitInWords(retryAfterSeconds)}.`, {
    retryAfterSeconds,
    usedUp: { name, points, seconds },
  });
}

function waitInWords(seconds: number): string {
  if (seconds > 120) return `${Math.ceil(seconds / 60)} minutes`;
  return seconds === 1 ? '1 second' : `${seconds} seconds`;
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
