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
 * A relay on one outlet of the outbox; nothing happens before `start`. It has two lanes, so that what is committed while
 * one waits for its answer does not wait for it too, and so that both share what has piled up. With `gatherMs` it lets
 * that time pass between being woken and looking.
 */
export function createRelay(
  { db, destination, log }: Outlet,
  deliver: Deliver,
  { gatherMs = 0 }: { gatherMs?: number } = {},
): Relay {
  const closing = new AbortController();
  const cut = new AbortController();
  const stopping: Stopping = { closing: closing.signal, cut: cut.signal };
  const alarm = createAlarm(gatherMs, closing.signal);
  let running: Promise<void> | undefined;
  let isTroubled = false;
  let sweptAt = performance.now();

  async function begin(): Promise<void> {
    await clearStopped(db, destination).catch(() => {});
    // One lane is enough to look where nobody rings.
    await Promise.all([runLane(POLL_MS), runLane(undefined)]);
  }

  async function runLane(mostRestMs: number | undefined): Promise<void> {
    while (!closing.signal.aborted) {
      if (await look()) alarm.ring();
      else await alarm.rest(mostRestMs);
      if (mostRestMs !== undefined) await sweep();
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
      running ??= begin();
    },
    wake: alarm.ring,
    async stop() {
      closing.abort();
      alarm.ringAll();
      const late = setTimeout(() => cut.abort(), STOP_MS);
      await running;
      clearTimeout(late);
    },
  };
}

/**
 * Several may rest, until rung or until time is up; a ring rouses one of them. One that finds nobody at rest is kept,
 * and the next rest ends at once. Who is roused gathers for `gatherMs`, and rings meanwhile are meant for it.
 */
function createAlarm(gatherMs: number, closing: AbortSignal) {
  const atRest = new Set<() => void>();
  let isKept = false;
  let isGathering = false;

  function ring() {
    if (isGathering) return;
    const [rouse] = atRest;
    if (rouse) rouse();
    else isKept = true;
  }

  async function untilRung(milliseconds: number | undefined): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(rouse, milliseconds);
      atRest.add(rouse);
      function rouse() {
        clearTimeout(timer);
        atRest.delete(rouse);
        resolve();
      }
    });
  }

  return {
    ring,
    ringAll() {
      for (const rouse of atRest) rouse();
    },
    async rest(milliseconds: number | undefined): Promise<void> {
      if (closing.aborted) return;
      if (!isKept) await untilRung(milliseconds);
      isKept = false;
      if (gatherMs === 0) return;
      isGathering = true;
      await sleep(gatherMs, undefined, { signal: closing }).catch(() => {});
      isGathering = false;
    },
  };
}
