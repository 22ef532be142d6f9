import type { Log } from './log.ts';
import { plainRefusal } from './plain-page.ts';
import { asDomainError, problemFor } from './problem.ts';

/** What a page says about an error that it did not expect, and logs once when the fault is ours. */
export function pageErrorFor(error: unknown, requestId: string, log: Log): { status: number; message: string } {
  const { status, detail } = problemFor(error, {}, requestId);
  if (status === 503) log.warn({ request_id: requestId, err: asDomainError(error).cause }, 'page failed');
  if (status !== 500) return { status, message: detail };
  log.error({ request_id: requestId, err: error }, 'page failed');
  return { status, message: 'Something went wrong on our side.' };
}

/** The page for an error so early that no layout can be shown: it could not be found out who asks. */
export function plainErrorPage(error: unknown, requestId: string, log: Log): Response {
  const { status, message } = pageErrorFor(error, requestId, log);
  return new Response(plainRefusal(message, requestId), {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' },
  });
}

/** The framework's word that an address does not take a method, as a page. */
export function explainMethod(answer: Response, requestId: string): Response {
  if (answer.status !== 405) return answer;
  const page = plainRefusal('This address does not take what was sent.', requestId);
  const headers = { 'content-type': 'text/html; charset=utf-8', allow: answer.headers.get('allow') ?? 'GET, HEAD' };
  return new Response(page, { status: 405, headers });
}
