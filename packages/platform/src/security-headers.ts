import type { ServerResponse } from 'node:http';

/**
 * The headers every answer carries, whatever its status. Pages set a Content-Security-Policy of their own; what
 * does not may load nothing. `same-origin` and not `no-referrer`: with the latter browsers send `Origin: null`
 * with forms, and the guard against foreign posts would refuse ours.
 */
export function setSecurityHeaders(response: ServerResponse, secure: boolean): void {
  response.setHeader(
    'content-security-policy',
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  );
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('x-frame-options', 'DENY');
  response.setHeader('referrer-policy', 'same-origin');
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('permissions-policy', 'camera=(), microphone=(), geolocation=()');
  if (secure) response.setHeader('strict-transport-security', 'max-age=31536000; includeSubDomains');
}
