import type { Log } from './log.ts';
import { plainPage } from './plain-page.ts';
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
  const html = plainPage({
    title: message,
    paragraphs: ['<a href="">Try again</a>', `If you report this, quote ${requestId}.`],
  });
  return new Response(html, { status, headers: { 'content-type': 'text/html; charset=utf-8' } });
}
