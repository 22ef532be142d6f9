import { createHash } from 'node:crypto';
import { isDatabaseAway, sqlState } from '@samaya/platform/database.ts';
import { ReadyAnswer } from '@samaya/platform/ready-answer.ts';
import type { Kysely, Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { BookingError } from '#server/errors.ts';
import { claimKey, findAnswer, type KeyOfOwner, type StoredAnswer, storeAnswer } from './idempotency-queries.ts';

// 1 to 255 visible ASCII characters.
const KEY = /^[!-~]{1,255}$/;
const LOCK_TIMEOUT = '55P03';

export interface RepeatableRequest {
  /** Whose keys these are: one person never meets another's. */
  owner: string;
  /** The value of the `Idempotency-Key` header. */
  key: string | null;
  /** What makes it the same request. */
  method: string;
  path: string;
  rawBody: Uint8Array;
}

/** What a request came to: JSON, the same bytes for every repetition. */
export interface AnsweredOnce {
  json: string;
  isRepetition: boolean;
}

/**
 * Runs a request that creates something, once per key: the key and the answer are stored in the same transaction as
 * what `work` does, and a repetition gets the same bytes. Without a key it is just a transaction.
 *
 * A refusal stores nothing. Refuses with `bad-idempotency-key`, `idempotency-mismatch` (the key was used for another
 * request) or `idempotency-in-progress` (the first one is still running after a second). When the connection breaks
 * during the commit, the outcome is looked up by key; without one the error says that nobody knows.
 */
export async function runOnce(
  db: Kysely<DB>,
  request: RepeatableRequest,
  work: (trx: Transaction<DB>) => Promise<unknown>,
): Promise<AnsweredOnce> {
  const key = readKey(request);
  if (key === null) {
    return { json: JSON.stringify(await db.transaction().execute((trx) => work(trx))), isRepetition: false };
  }
  try {
    return await db.transaction().execute(async (trx) => {
      if (!(await claimKey(trx, key, key.fingerprint).catch(refuseLongWait))) {
        return repeat(await findAnswer(trx, key), key.fingerprint);
      }
      const json = JSON.stringify(await work(trx));
      await storeAnswer(trx, key, { status: 201, body: json });
      return { json, isRepetition: false };
    });
  } catch (error) {
    if (!isDatabaseAway(error)) throw error;
    // The commit may have happened before the connection broke.
    const answer = await findAnswer(db, key).catch(() => undefined);
    if (answer) return repeat(answer, key.fingerprint);
    throw error;
  }
}

/** The same as `runOnce`, as the HTTP answer of a route. */
export async function withIdempotency(
  db: Kysely<DB>,
  request: RepeatableRequest,
  work: (trx: Transaction<DB>) => Promise<unknown>,
): Promise<ReadyAnswer> {
  return created(await runOnce(db, request, work));
}

/** The HTTP answer of a route that creates something. */
export function created({ json, isRepetition }: AnsweredOnce): ReadyAnswer {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...(isRepetition && { 'idempotency-replayed': 'true' }),
  };
  return new ReadyAnswer(201, headers, json);
}

/** The key of a request as it is stored; `null` when none was sent. Refuses with `bad-idempotency-key`. */
export function readKey(request: RepeatableRequest): (KeyOfOwner & { fingerprint: string }) | null {
  if (request.key === null) return null;
  if (!KEY.test(request.key)) {
    throw new BookingError('bad-idempotency-key', 'Idempotency-Key is 1 to 255 visible ASCII characters.');
  }
  return { owner: request.owner, key: request.key, fingerprint: fingerprintOf(request) };
}

function fingerprintOf({ method, path, rawBody }: RepeatableRequest): string {
  return createHash('sha256').update(`${method} ${path}\n`).update(rawBody).digest('base64url');
}

function refuseLongWait(error: unknown): never {
  if (sqlState(error) !== LOCK_TIMEOUT) throw error;
  throw new BookingError('idempotency-in-progress', 'The first request with this key is still running. Ask again.', {
    retryAfterSeconds: 1,
  });
}

function repeat(answer: StoredAnswer | undefined, fingerprint: string): AnsweredOnce {
  if (!answer || answer.body === null) {
    throw new BookingError('idempotency-in-progress', 'The first request with this key is still running. Ask again.', {
      retryAfterSeconds: 1,
    });
  }
  if (answer.fingerprint !== fingerprint) {
    throw new BookingError(
      'idempotency-mismatch',
      'This Idempotency-Key was used for another request. Take a new one.',
    );
  }
  return { json: answer.body, isRepetition: true };
}
