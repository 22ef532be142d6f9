import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { limitConcurrency } from '@samaya/platform/limit-concurrency.ts';

export interface Passwords {
  /** A hash to keep, argon2id in PHC form. */
  hash(password: string): Promise<string>;
  /** Whether a password belongs to a kept hash. Takes as long when there is none, so that nobody learns who exists. */
  verify(password: string, kept: string | undefined): Promise<boolean>;
  /** Whether a kept hash was made at a lower cost than new ones are. */
  isWeak(kept: string): boolean;
}

// OWASP's first recommendation for argon2id: 19 MiB, two passes, one lane.
const COST = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
// Some three seconds of waiting; only those being hashed hold memory.
const WAITING_PER_CORE = 100;

interface Cost {
  memory: number;
  passes: number;
  parallelism: number;
  tagLength: number;
}

/**
 * Password hashing that cannot drown the process: as many at once as there are cores, a queue of a few seconds behind them, and
 * `unavailable` beyond it.
 */
export function createPasswords(cores = availableParallelism(), mostWaiting = cores * WAITING_PER_CORE): Passwords {
  const busy = 'Many people are signing in right now. Try again in a moment.';
  const inTurn = limitConcurrency({ most: cores, mostWaiting, busy });
  return {
    async hash(password) {
      const salt = randomBytes(16);
      const tag = await inTurn(() => derive(password, salt, COST));
      return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${phcBase64(salt)}$${phcBase64(tag)}`;
    },
    async verify(password, kept) {
      const parsed = kept?.match(PHC);
      if (!parsed) {
        await inTurn(() => derive(password, randomBytes(16), COST));
        return false;
      }
      const [, memory, passes, parallelism, salt = '', tag = ''] = parsed;
      const expected = Buffer.from(tag, 'base64');
      const cost = {
        memory: Number(memory),
        passes: Number(passes),
        parallelism: Number(parallelism),
        tagLength: expected.length,
      };
      return timingSafeEqual(await inTurn(() => derive(password, Buffer.from(salt, 'base64'), cost)), expected);
    },
    isWeak(kept) {
      const [, memory, passes, , , tag = ''] = kept.match(PHC) ?? [];
      const length = Buffer.from(tag, 'base64').length;
      return Number(memory) < COST.memory || Number(passes) < COST.passes || length < COST.tagLength;
    },
  };
}

function derive(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2('argon2id', { ...cost, message: password.normalize('NFKC'), nonce: salt }, (error, tag) =>
      error ? reject(error) : resolve(tag),
    );
  });
}

// The PHC string format writes base64 without padding.
function phcBase64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/={1,2}$/, '');
}
