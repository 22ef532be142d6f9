import { createHash } from 'node:crypto';
import { isDatabaseAway, sqlState } from '@samaya/platform/database.ts';
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

/**
 * Runs a request that creates something, once per key: the key and the answer are stored in the same transaction as
 * what `work` does, and a repetition gets the same bytes. Without a key it is just a transaction.
 *
 * A refusal stores nothing. Refuses with `bad-idempotency-key`, `idempotency-mismatch` (the key was used for another
 * request) or `idempotency-in-progress` (the first one is still running after a second). When the connection breaks
 * during the commit, the outcome is looked up by key; without one the error says that nobody knows.
 */
export async function withIdempotency(
  db: Kysely<DB>,
  request: RepeatableRequest,
  work: (trx: Transaction<DB>) => Promise<unknown>,
): Promise<Response> {
  if (request.key === null) return created(JSON.stringify(await db.transaction().execute((trx) => work(trx))));
  if (!KEY.test(request.key)) {
    throw new BookingError('bad-idempotency-key', 'Idempotency-Key is 1 to 255 visible ASCII characters.');
  }
  const key: KeyOfOwner = { owner: request.owner, key: request.key };
  const fingerprint = fingerprintOf(request);
  try {
    return await db.transaction().execute(async (trx) => {
      if (!(await claimKey(trx, key, fingerprint).catch(refuseLongWait))) {
        return replay(await findAnswer(trx, key), fingerprint);
      }
      const body = JSON.stringify(await work(trx));
      await storeAnswer(trx, key, { status: 201, body });
      return created(body);
    });
  } catch (error) {
    if (!isDatabaseAway(error)) throw error;
    // The commit may have happened before the connection broke.
    const answer = await findAnswer(db, key).catch(() => undefined);
    if (answer) return replay(answer, fingerprint);
    throw error;
  }
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

function replay(answer: StoredAnswer | undefined, fingerprint: string): Response {
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
  return created(answer.body, { 'idempotency-replayed': 'true' });
}

function created(body: string, headers: Record<string, string> = {}): Response {
  return new Response(body, {
    status: 201,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
  });
}
