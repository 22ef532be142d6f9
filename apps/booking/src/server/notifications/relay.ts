import { setTimeout as sleep } from 'node:timers/promises';
import { deliverDue, type RelayOptions } from './deliver-due.ts';
import { clearStopped, deleteArrived } from './outbox-queries.ts';

/** Carries messages from the outbox to CRM. Several may run on one database, in one process or many. */
export interface Relay {
  /** Begins; also takes a destination up again that had said it is gone. */
  start(): void;
  /** Something was committed: look now rather than at the next poll. Costs nothing when a look is already due. */
  wake(): void;
  /** Finishes the POSTs in flight, 5 s at most, and hands back what it holds. */
  stop(): Promise<void>;
}

const POLL_MS = 1000;
const STOP_MS = 5000;
const SWEEP_MS = 10 * 60_000;
const SWEEP_ROWS = 5000;

/** A relay on the outbox; nothing happens before `start`. */
export function createRelay(options: RelayOptions): Relay {
  const cut = new AbortController();
  const first = createAlarm();
  const second = createAlarm();
  let lanes: Promise<void>[] = [];
  let isStopping = false;
  let isTroubled = false;
  let sweptAt = performance.now();

  /** The lane that looks whenever there may be something. */
  async function runFirst(): Promise<void> {
    await clearStopped(options.db).catch(() => {});
    while (!isStopping) {
      const isMoreLikely = await look();
      if (isMoreLikely) second.ring();
      else await first.rest(POLL_MS);
      await sweep();
    }
  }

  /** The lane that helps while there is more than one claim takes. */
  async function runSecond(): Promise<void> {
    while (!isStopping) {
      await second.rest(undefined);
      while (!isStopping && (await look()));
    }
  }

  async function look(): Promise<boolean> {
    try {
      const { isMoreLikely } = await deliverDue(options, cut.signal);
      isTroubled = false;
      return isMoreLikely;
    } catch (error) {
      if (!isTroubled) options.log.warn({ err: error }, 'the outbox cannot be read; the relay tries on');
      isTroubled = true;
      await sleep(POLL_MS, undefined, { signal: cut.signal }).catch(() => {});
      return false;
    }
  }

  async function sweep(): Promise<void> {
    if (performance.now() - sweptAt < SWEEP_MS) return;
    const deleted = await deleteArrived(options.db, SWEEP_ROWS).catch(() => 0);
    // A full sweep is followed by another one soon.
    if (deleted < SWEEP_ROWS) sweptAt = performance.now();
  }

  return {
    start() {
      if (lanes.length === 0) lanes = [runFirst(), runSecond()];
    },
    wake: first.ring,
    async stop() {
      isStopping = true;
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
