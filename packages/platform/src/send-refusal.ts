import type { IncomingMessage, ServerResponse } from 'node:http';
import { isApiRequest } from './api.ts';
import { PLAIN_POLICY, plainRefusal } from './plain-page.ts';
import { problemFor, problemHeaders } from './problem.ts';

const OF_A_PAGE = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': PLAIN_POLICY };

/**
 * Refuses a request that comes to no feature: with a problem document where programs ask, with a page that stands alone
 * where people do. Says nothing where an answer has begun.
 */
export function sendRefusal(
  request: Pick<IncomingMessage, 'url'>,
  response: ServerResponse,
  error: unknown,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent) return;
  const problem = problemFor(error, {}, requestId);
  const { 'content-type': type, ...more } = { ...problemHeaders(error, problem), ...headers };
  const isForPrograms = isApiRequest(request);
  const body = isForPrograms ? JSON.stringify(problem) : plainRefusal(problem.detail, requestId);
  response
    .writeHead(problem.status, {
      ...more,
      'cache-control': 'no-store',
      'content-length': String(Buffer.byteLength(body)),
      ...(isForPrograms ? { 'content-type': type } : OF_A_PAGE),
    })
    .end(body);
}
