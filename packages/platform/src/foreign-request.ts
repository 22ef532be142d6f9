import type { IncomingMessage } from 'node:http';
import { originOf } from './page-origin.ts';
import { PlatformError } from './platform-error.ts';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

interface Home {
  /** The address under which browsers see this application. */
  publicUrl: string;
  /** Addresses of what other sites may draw into their pages. */
  shownElsewhere?: RegExp;
}

/**
 * Whether another site's page made this request, as browsers say in `Sec-Fetch-*` or in `Origin`: a form it sends, a file
 * it draws into itself, a frame. Whoever follows a link comes from another site too, and is welcome. What says nothing
 * of it is no page's of a browser of today; what it may do is decided elsewhere.
 */
export function isForeignRequest(
  request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  { publicUrl, shownElsewhere }: Home,
): boolean {
  const { headers, url } = request;
  const isReading = READING.has(request.method ?? '');
  if (!isReading && headers.origin !== undefined && headers.origin !== originOf(request, publicUrl)) return true;
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return false;
  const isWayHere = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return !isReading || !(isWayHere || shownElsewhere?.test(url ?? ''));
}

/** What it is told. */
export function foreignRequest(): PlatformError {
  return new PlatformError('forbidden', 'This was sent from another site, so nothing was changed.');
}
