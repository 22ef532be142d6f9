import { createHmac } from 'node:crypto';
import type { CompleteConfig } from '@samaya/platform/secrets.ts';

/** Where the demo's stand-in for Google shows whom one may be. */
export const DEMO_GOOGLE_PAGE = '/dev/google';
/** Where it answers as a provider, below booking's public address. */
export const DEMO_GOOGLE_PATH = `${DEMO_GOOGLE_PAGE}/openid`;

export interface GoogleSettings {
  issuer: string;
  clientId: string;
  clientSecret: string;
}

/** Whom people sign in with: Google once it is set up, its stand-in in the demo, else nobody. */
export function googleSettings(config: CompleteConfig): GoogleSettings | undefined {
  if (config.google || !hasDemoGoogle(config)) return config.google;
  return {
    issuer: `${config.bookingUrl}${DEMO_GOOGLE_PATH}`,
    clientId: 'samaya-demo',
    // Both ends are in this process, or in another with the same keys.
    clientSecret: createHmac('sha256', config.cookieKeys[0] ?? '')
      .update('demo google')
      .digest('base64url'),
  };
}

/** Whether the demo plays Google. A demo that others can reach is refused at the start, see `config.ts`. */
export function hasDemoGoogle(config: CompleteConfig): boolean {
  return config.demo && config.google === undefined;
}

/** The origin to which a form may lead that begins a sign-in with Google. */
export function googleOrigin(config: CompleteConfig): string | undefined {
  const settings = googleSettings(config);
  return settings && new URL(settings.issuer).origin;
}
