import { isIP } from 'node:net';
import type { BookingApp } from '#server/app.ts';

/** What passkeys are bound to: the name of the site they open, and the origin whose pages may ask for them. */
export interface PasskeySite {
  id: string;
  origin: string;
}

/** From the public address alone, never from a request; `undefined` where it is a bare IP, which no passkey is bound to. */
export function passkeySite(config: Pick<BookingApp['config'], 'bookingUrl'>): PasskeySite | undefined {
  const { hostname, origin } = new URL(config.bookingUrl);
  return isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? { id: hostname, origin } : undefined;
}
