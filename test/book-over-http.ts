import { setTimeout as sleep } from 'node:timers/promises';

export interface WantedBooking {
  /** Which process is asked. */
  url: string;
  token: string;
  eventId: number;
  /** Idempotency-Key; makes asking again safe. */
  key?: string;
}

export interface BookingAnswer {
  /** 0 when no answer came. */
  status: number;
  /** The booking's id, or the code of the refusal. */
  id?: number;
  code?: string;
}

const ANSWER_MS = 10_000;
const PAUSE_MS = 50;

/** Asks once for one seat. */
export async function book(wanted: WantedBooking): Promise<BookingAnswer> {
  try {
    const response = await fetch(`${wanted.url}/api/v1/bookings`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${wanted.token}`,
        'content-type': 'application/json',
        ...(wanted.key && { 'idempotency-key': wanted.key }),
      },
      body: JSON.stringify({ event_id: wanted.eventId }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const body = (await response.json()) as { id?: number; code?: string };
    return { ...body, status: response.status };
  } catch {
    return { status: 0 };
  }
}

/** Asks until there is an answer that is not "try again", as a careful client with an idempotency key does. */
export async function bookPatiently(wanted: WantedBooking & { key: string }, deadline: number): Promise<BookingAnswer> {
  for (;;) {
    const answer = await book(wanted);
    const undecided = answer.status === 0 || answer.status === 503 || answer.code === 'idempotency-in-progress';
    if (!undecided || Date.now() > deadline) return answer;
    await sleep(PAUSE_MS);
  }
}

/** Runs `work` on every item, `parallel` at a time. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  parallel: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await work(items[index] as Item, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, lane));
  return results;
}
