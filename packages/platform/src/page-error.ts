import type { Log } from './log.ts';
import { asDomainError, problemFor } from './problem.ts';

/** What a page says about an error that it did not expect, and logs once when the fault is ours. */
export function pageErrorFor(error: unknown, requestId: string, log: Log): { status: number; message: string } {
  const { status, detail } = problemFor(error, {}, requestId);
  if (status === 503) log.warn({ request_id: requestId, err: asDomainError(error).cause }, 'page failed');
  if (status !== 500) return { status, message: detail };
  log.error({ request_id: requestId, err: error }, 'page failed');
  return { status, message: 'Something went wrong on our side.' };
}
