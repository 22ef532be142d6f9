import type { IncomingMessage } from 'node:http';
import { LOOPBACK_HOSTS } from './config.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const FORWARDING_HEADERS = ['forwarded', 'x-forwarded-port', 'x-forwarded-ssl', 'x-forwarded-prefix', 'x-original-url'];

/**
 * The origin under which the browser sees this application: the configured public address. While that is this machine
 * alone, its other loopback names count too, so that `127.0.0.1` works where `localhost` was configured.
 */
export function originOf(request: Pick<IncomingMessage, 'headers'>, publicUrl: string): string {
  const known = new URL(publicUrl);
  const asked = URL.parse(`${known.protocol}//${request.headers.host ?? ''}`);
  if (!asked || asked.port !== known.port) return known.origin;
  return LOOPBACK_HOSTS.has(known.hostname) && LOOPBACK_HOSTS.has(asked.hostname) ? asked.origin : known.origin;
}

/** Tells whoever answers (page framework, sign-in provider) the origin, and drops what the client claimed about it. */
export function announceOrigin(request: IncomingMessage, origin: string): void {
  const { protocol, host } = new URL(origin);
  for (const name of FORWARDING_HEADERS) delete request.headers[name];
  request.headers.host = host;
  request.headers['x-forwarded-proto'] = protocol.slice(0, -1);
  request.headers['x-forwarded-host'] = host;
}

/**
 * Whether a request that changes something comes from another site's page. Browsers say so in `Sec-Fetch-Site`; over
 * plain http beyond this machine they send only `Origin`. A request with neither comes from no form of ours.
 */
export function isForeignWrite(request: IncomingMessage, origin: string): boolean {
  if (SAFE_METHODS.has(request.method ?? '')) return false;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  if (request.headers.origin !== undefined) return request.headers.origin !== origin;
  return site === undefined;
}
