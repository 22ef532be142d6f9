import { Worker } from 'node:worker_threads';
import { PlatformError } from '@samaya/platform/platform-error.ts';
import { ImportError } from './import-errors.ts';
import type { ReadOptions, Schedule } from './read-schedule.ts';
import { type PostedSchedule, takeSchedule } from './schedule-post.ts';

/** What the thread is given. */
export interface ReadingOrder
  extends Pick<ReadOptions, 'kind' | 'zone' | 'fallbackZone' | 'studio' | 'hasOwnFacilitator'> {
  bytes: Uint8Array;
  /** As JSON; empty for none. */
  mapping: string;
  /** A day such as 2026-12-01. */
  endlessFrom: string;
  eventsMost: number;
}

/** What it answers. */
export type ReadingOutcome = { schedule: PostedSchedule; refusal?: undefined } | { refusal: string };

const LONGEST_MS = 10_000;
const MEMORY_MB = 256;
const EVENTS_MOST = 2000;
const AT_ONCE = 3;

let underWay = 0;

/**
 * Reads a schedule that somebody sent, in a thread of its own: neither a long file, nor a series without an end, nor an
 * expression of a mapping that never comes to an end holds up anybody's booking. Throws an ImportError when the file or
 * the mapping cannot be used, holds more than 2000 events or takes more than ten seconds; `unavailable` while several
 * are being read.
 */
export async function readScheduleApart(
  order: Omit<ReadingOrder, 'eventsMost'>,
  { longestMs = LONGEST_MS, eventsMost = EVENTS_MOST }: { longestMs?: number; eventsMost?: number } = {},
): Promise<Schedule> {
  if (underWay >= AT_ONCE) {
    throw new PlatformError('unavailable', 'Other schedules are being read right now. Try again in a moment.', {
      retryAfterSeconds: 5,
    });
  }
  underWay++;
  try {
    const outcome = await readInThread({ ...order, eventsMost }, longestMs);
    if (outcome.refusal !== undefined) throw new ImportError(outcome.refusal);
    return takeSchedule(outcome.schedule);
  } finally {
    underWay--;
  }
}

async function readInThread(order: ReadingOrder, longestMs: number): Promise<ReadingOutcome> {
  const thread = new Worker(new URL('./schedule-thread.ts', import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  let late: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      late = setTimeout(() => reject(tooMuch()), longestMs);
      thread.once('message', resolve);
      thread.once('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuch() : error),
      );
    });
  } finally {
    clearTimeout(late);
    await thread.terminate();
  }
}

function tooMuch(): ImportError {
  return new ImportError('Reading this takes too long here. Split the file, or have it imported by the command.');
}
