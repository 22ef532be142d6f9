import type { IncomingMessage } from 'node:http';
import { PlatformError } from './platform-error.ts';

/**
 * Whether another site's page made this request, as browsers say in `Sec-Fetch-*`: a form it sends, a file it draws into
 * itself, a frame. Whoever follows a link comes from another site too, and is welcome. Programs and old browsers say
 * nothing of it; what these may do is decided elsewhere. Other sites may show what `shownElsewhere` names.
 */
export function isForeignRequest(
  { method, url, headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  shownElsewhere?: RegExp,
): boolean {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return false;
  const isReading = method === 'GET' || method === 'HEAD';
  const isWayHere = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return !isReading || !(isWayHere || shownElsewhere?.test(url ?? ''));
}

/** What it is told. */
export function foreignRequest(): PlatformError {
  return new PlatformError('forbidden', 'This was sent from another site, so nothing was changed.');
}
