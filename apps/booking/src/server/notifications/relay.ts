import { setTimeout as sleep } from 'node:timers/promises';
import { clearStopped } from './destination-queries.ts';
import type { Outlet } from './outbox.ts';
import { deleteArrived } from './outbox-queries.ts';

/** Carries messages from the outbox to one destination. Several may run on one database, in one process or many. */
export interface Relay {
  /** Begins; also takes a destination up again that had said it is gone. */
  start(): void;
  /** Something was committed: look now rather than at the next poll. Costs nothing when a look is already due. */
  wake(): void;
  /** Finishes what is on its way, 5 s at most, and hands back what it holds. */
  stop(): Promise<void>;
}

/** How a relay that stops says so. */
export interface Stopping {
  /** Nothing new is begun; what is on its way may arrive. */
  closing: AbortSignal;
  /** What is still on its way is cut. */
  cut: AbortSignal;
}

/** Delivers one claim; answers whether there is likely more, throws only when the database is away. */
export type Deliver = (stopping: Stopping) => Promise<{ isMoreLikely: boolean }>;

const POLL_MS = 1000;
const STOP_MS = 5000;
const SWEEP_MS = 10 * 60_000;
const SWEEP_ROWS = 5000;

/**
 * A relay on one outlet of the outbox; nothing happens before `start`. With `gatherMs` it lets that time pass between
 * being woken and looking.
 */
export function createRelay(
  { db, destination, log }: Outlet,
  deliver: Deliver,
  { gatherMs = 0 }: { gatherMs?: number } = {},
): Relay {
  const closing = new AbortController();
  const cut = new AbortController();
  const stopping: Stopping = { closing: closing.signal, cut: cut.signal };
  const first = createAlarm();
  const second = createAlarm();
  let lanes: Promise<void>[] = [];
  let isTroubled = false;
  let sweptAt = performance.now();

  /** The lane that looks whenever there may be something. */
  async function runFirst(): Promise<void> {
    await clearStopped(db, destination).catch(() => {});
    while (!closing.signal.aborted) {
      const isMoreLikely = await look();
      if (isMoreLikely) second.ring();
      else {
        await first.rest(POLL_MS);
        if (gatherMs > 0) await sleep(gatherMs, undefined, { signal: stopping.closing }).catch(() => {});
      }
      await sweep();
    }
  }

  /** The lane that helps while there is more than one claim takes. */
  async function runSecond(): Promise<void> {
    while (!closing.signal.aborted) {
      await second.rest(undefined);
      while (!closing.signal.aborted && (await look()));
    }
  }

  async function look(): Promise<boolean> {
    try {
      const { isMoreLikely } = await deliver(stopping);
      isTroubled = false;
      return isMoreLikely;
    } catch (error) {
      if (!isTroubled) log.warn({ err: error, destination }, 'the outbox cannot be read; the relay tries on');
      isTroubled = true;
      await sleep(POLL_MS, undefined, { signal: cut.signal }).catch(() => {});
      return false;
    }
  }

  async function sweep(): Promise<void> {
    if (performance.now() - sweptAt < SWEEP_MS) return;
    const deleted = await deleteArrived(db, destination, SWEEP_ROWS).catch(() => 0);
    // A full sweep is followed by another one soon.
    if (deleted < SWEEP_ROWS) sweptAt = performance.now();
  }

  return {
    start() {
      if (lanes.length === 0) lanes = [runFirst(), runSecond()];
    },
    wake: first.ring,
    async stop() {
      closing.abort();
      first.ring();
      second.ring();
      const late = setTimeout(() => cut.abort(), STOP_MS);
      await Promise.all(lanes);
      clearTimeout(late);
    },
  };
}

/** One who rests until rung or until time is up. A ring while awake is kept, and the next rest ends at once. */
function createAlarm() {
  let hasRung = false;
  let rouse = () => {};
  return {
    ring() {
      hasRung = true;
      rouse();
    },
    async rest(milliseconds: number | undefined): Promise<void> {
      if (!hasRung) {
        await new Promise<void>((resolve) => {
          const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
          rouse = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        rouse = () => {};
      }
      hasRung = false;
    },
  };
}
