import { randomUUIDv7 } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Log } from './log.ts';
import { PlatformError } from './platform-error.ts';
import { problemFor, problemHeaders } from './problem.ts';
import { securityHeaders } from './security-headers.ts';

const LOG_MS = 1000;
const CROWDED = new PlatformError('unavailable', 'Too many requests at once. Try again in a moment.', {
  retryAfterSeconds: 1,
});
const ID = '00000000-0000-7000-8000-000000000000';

/**
 * Answers requests that come too many with 503 and next to no work: bytes made once, in which only the id of the
 * request is new. The log has one line a second with their number, instead of one for each.
 */
export function createCrowdRefusal({ secure, log }: { secure: boolean; log: Log }): (response: ServerResponse) => void {
  const problem = problemFor(CROWDED, {}, ID);
  const [before = '', after = ''] = JSON.stringify(problem).split(ID);
  const headers = Object.entries({
    ...securityHeaders(secure),
    ...problemHeaders(CROWDED, problem),
    'cache-control': 'no-store',
    'content-length': String(Buffer.byteLength(before + ID + after)),
  }).flat();
  let refused = 0;

  function tell() {
    log.warn({ refused }, 'too many requests at once');
    refused = 0;
  }

  return (response) => {
    if (refused++ === 0) setTimeout(tell, LOG_MS).unref();
    const id = randomUUIDv7();
    response.writeHead(problem.status, [...headers, 'x-request-id', id]).end(before + id + after);
  };
}
