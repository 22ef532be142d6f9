import { randomUUIDv7 } from 'node:crypto';
import { type DeliveryAnswer, deliveryAnswerSchema, type Message } from '@samaya/booking-notification/message.ts';
import { sign } from '@samaya/booking-notification/signature.ts';
import { retryAfterMs } from './retry-times.ts';

/** What became of one POST. */
export type PostResult =
  | { kind: 'taken'; outcomes: DeliveryAnswer['outcomes'] }
  /** The destination is not there, busy, or not what it should be: it says nothing about the messages. */
  | { kind: 'away'; reason: string; retryAfterMs?: number }
  /** It did not take this body. `isCrash` when it broke over it. */
  | { kind: 'refused'; reason: string; isCrash: boolean }
  | { kind: 'too-large' }
  | { kind: 'gone' };

export interface PostOptions {
  /** Where messages go: an address with a path. */
  url: string;
  /** First signs, all verify. */
  secrets: readonly string[];
  fetch: typeof fetch;
  now: Date;
  /** Cuts the POST short, e.g. when the process stops. */
  signal: AbortSignal;
  /** Milliseconds for the whole exchange, the answer's body included. */
  answerMs: number;
}

const ANSWER_BYTES = 64 * 1024;

// Not about the messages: wrong key, wrong address, a door that is closed for a while.
const AWAY_STATUSES = new Set([401, 404, 405, 407, 408, 421, 425, 429]);

/** Sends messages in one signed POST and reads the answer, within bounds of time and size. Never throws. */
export async function postDelivery(messages: readonly Message[], options: PostOptions): Promise<PostResult> {
  const body = JSON.stringify({ notifications: messages });
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.answerMs)]);
  try {
    const response = await options.fetch(options.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...sign(body, { id: randomUUIDv7(), secrets: options.secrets, now: options.now }),
      },
      body,
      // A redirect could lead the names of people anywhere.
      redirect: 'manual',
      signal,
    });
    if (response.ok) return await readAnswer(response);
    await response.body?.cancel();
    return judge(response, options.now);
  } catch (error) {
    return { kind: 'away', reason: describe(error, options.answerMs) };
  }
}

async function readAnswer(response: Response): Promise<PostResult> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > ANSWER_BYTES) return { kind: 'away', reason: `answered more than ${ANSWER_BYTES} bytes` };
    chunks.push(chunk);
  }
  try {
    const answer = deliveryAnswerSchema.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
    return { kind: 'taken', outcomes: answer.outcomes };
  } catch {
    return { kind: 'away', reason: `answered ${response.status} without outcomes` };
  }
}

function judge(response: Response, now: Date): PostResult {
  const { status } = response;
  const reason = `answered ${status}`;
  if (status === 410) return { kind: 'gone' };
  if (status === 413) return { kind: 'too-large' };
  const isRefusal = status === 500 || (status >= 400 && status < 500 && !AWAY_STATUSES.has(status));
  if (isRefusal) return { kind: 'refused', reason, isCrash: status === 500 };
  const wait = retryAfterMs(response.headers.get('retry-after'), now);
  return { kind: 'away', reason, ...(wait !== undefined && { retryAfterMs: wait }) };
}

function describe(error: unknown, answerMs: number): string {
  if (!(error instanceof Error)) return 'no answer';
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = 'code' in cause && typeof cause.code === 'string' ? ` (${cause.code})` : '';
  return error.name === 'TimeoutError' ? `no whole answer in ${answerMs / 1000} s` : `no answer${code}`;
}
