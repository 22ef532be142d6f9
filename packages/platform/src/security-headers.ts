import type { ServerResponse } from 'node:http';

/**
 * The headers every answer carries, whatever its status and whoever writes it. Pages set a Content-Security-Policy of
 * their own; what does not may load nothing. `same-origin` and not `no-referrer`: with the latter browsers send
 * `Origin: null` with forms, and the guard against foreign posts would refuse ours.
 */
const ALWAYS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  // What a form of another site is told, no cache may tell ours.
  vary: 'Origin',
};
const OVER_HTTPS = { ...ALWAYS, 'strict-transport-security': 'max-age=31536000; includeSubDomains' };
const LINES = { always: Object.entries(ALWAYS), overHttps: Object.entries(OVER_HTTPS) };

/** The headers themselves, for answers that are written without Node's help. */
export function securityHeaders(secure: boolean): Readonly<Record<string, string>> {
  return secure ? OVER_HTTPS : ALWAYS;
}

/** Gives them to an answer. */
export function setSecurityHeaders(response: ServerResponse, secure: boolean): void {
  for (const [name, value] of secure ? LINES.overHttps : LINES.always) response.setHeader(name, value);
}
