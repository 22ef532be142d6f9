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

/** The page for an error so early that no layout can be shown: it could not be found out who asks. */
export function plainErrorPage(error: unknown, requestId: string, log: Log): Response {
  const { status, message } = pageErrorFor(error, requestId, log);
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${message}</title>
</head>
<body>
<main>
<h1>${message}</h1>
<p><a href="/">Back to the start</a></p>
<p>If you report this, quote ${requestId}.</p>
</main>
</body>
</html>
`;
  return new Response(html, { status, headers: { 'content-type': 'text/html; charset=utf-8' } });
}
