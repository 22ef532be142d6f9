import type { Identity } from './identity.ts';

/**
 * Remembers for a while who was found behind which token. Whoever signed out since, at another process, may be in it
 * for less than a second, so it serves to refuse and never to give.
 */
export interface BearerMemory {
  recall(token: string): Identity | undefined;
  /** Begins a look into the database; what comes of it is noted with what this answers. */
  begin(): (token: string, identity: Identity) => void;
  /** Somebody may have signed out at this process: nobody is known until the database was asked who did. */
  doubt(): void;
}

export interface BearerMemoryOptions {
  /** Ids of the sign-ins that ended within the last two minutes. */
  findEnded(): Promise<number[]>;
  /** Counts milliseconds; it need not know the day. */
  clock?: () => number;
}

// A note lives for one turn at least and two at most, half as long as `findEnded` looks back.
const TURN_MS = 30_000;
const MOST_A_TURN = 20_000;
// What is known of ended sign-ins is asked anew when it is so old, and of no use when it is older still.
const STALE_MS = 300;
const USELESS_MS = 900;

export function createBearerMemory({ findEnded, clock = () => performance.now() }: BearerMemoryOptions): BearerMemory {
  let young = new Map<string, Identity>();
  let old = new Map<string, Identity>();
  let turnedAt = clock();
  let ended: ReadonlySet<number> = new Set();
  let askedAt = Number.NEGATIVE_INFINITY;
  let isAsking = false;
  let doubts = 0;

  function turn(now: number) {
    const since = now - turnedAt;
    if (since < TURN_MS) return;
    old = since < 2 * TURN_MS ? young : new Map();
    young = new Map();
    turnedAt = now;
  }

  async function ask() {
    isAsking = true;
    const begunAt = clock();
    const doubtsThen = doubts;
    try {
      ended = new Set(await findEnded());
      if (doubts === doubtsThen) askedAt = begunAt;
    } catch {
      // While nobody answers nobody is known, and every request finds out by itself why.
    } finally {
      isAsking = false;
    }
  }

  return {
    recall(token) {
      const now = clock();
      turn(now);
      const age = now - askedAt;
      if (age >= STALE_MS && !isAsking) void ask();
      if (age >= USELESS_MS) return undefined;
      const identity = young.get(token) ?? old.get(token);
      return identity && !ended.has(identity.signInId) ? identity : undefined;
    },
    begin() {
      const doubtsThen = doubts;
      return (token, identity) => {
        turn(clock());
        if (doubts === doubtsThen && young.size < MOST_A_TURN) young.set(token, identity);
      };
    },
    doubt() {
      doubts++;
      askedAt = Number.NEGATIVE_INFINITY;
    },
  };
}
