import { parentPort, workerData } from 'node:worker_threads';
import { ImportError } from './import-errors.ts';
import { NO_MAPPING, readMapping } from './mapping.ts';
import { readSchedule } from './read-schedule.ts';
import type { ReadingOrder, ReadingOutcome } from './read-schedule-apart.ts';
import { postSchedule } from './schedule-post.ts';

// What runs in the thread of `readScheduleApart`: one file is read, and posted.
const { bytes, mapping, endlessFrom, eventsMost, ...order }: ReadingOrder = workerData;

function read(): ReadingOutcome {
  try {
    const schedule = readSchedule(bytes, {
      ...order,
      mapping: mapping === '' ? NO_MAPPING : readMapping(mapping),
      endlessFrom: Temporal.PlainDate.from(endlessFrom),
    });
    if (schedule.drafts.length <= eventsMost) return { schedule: postSchedule(schedule) };
    return { refusal: `These are ${schedule.drafts.length} events; ${eventsMost} at once is the most here. Split it.` };
  } catch (error) {
    if (error instanceof ImportError) return { refusal: error.message };
    throw error;
  }
}

parentPort?.postMessage(read());
