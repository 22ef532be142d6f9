import type { DomainError } from './domain-error.ts';

/**
 * Headers that say when to try again and, where a limit is used up, which: `RateLimit` and `RateLimit-Policy` as in
 * draft-ietf-httpapi-ratelimit-headers-11, structured fields by RFC 9651. Only refusals carry them, so that what is
 * within the limits pays nothing for them.
 */
export function retryHeaders({ retryAfterSeconds, usedUp }: DomainError): Record<string, string> {
  if (retryAfterSeconds === undefined) return {};
  const seconds = Math.ceil(retryAfterSeconds);
  return {
    'retry-after': String(seconds),
    ...(usedUp && {
      ratelimit: `"${usedUp.name}";r=0;t=${seconds}`,
      'ratelimit-policy': `"${usedUp.name}";q=${usedUp.points};w=${usedUp.seconds}`,
    }),
  };
}
