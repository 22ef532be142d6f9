import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Signing and verifying by Standard Webhooks 1.0 (https://www.standardwebhooks.com): HMAC-SHA256 over
 * `id.timestamp.body`, symmetric keys written `whsec_<base64>`.
 */

const TOLERANCE_SECONDS = 300;
const MOST_SIGNATURES = 10;

export interface SignedHeaders {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
}

/**
 * Headers for sending `body`. `secrets` is newest first; all of them sign, so that a receiver that knows only
 * one of two accepts it while keys rotate. `now` is the moment of this attempt.
 */
export function sign(
  body: string,
  { id, secrets, now }: { id: string; secrets: readonly string[]; now: Date },
): SignedHeaders {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets
      .map((secret) => `v1,${mac(secret, id, timestamp, Buffer.from(body)).toString('base64')}`)
      .join(' '),
  };
}

/** Why a signature was refused; `undefined` from `verify` means it holds. */
export type SignatureFault = 'missing-header' | 'stale-timestamp' | 'no-matching-signature';

/** Checks the raw bytes of a request against any of `secrets`. */
export function verify(
  body: Uint8Array,
  headers: { id: string | undefined; timestamp: string | undefined; signature: string | undefined },
  { secrets, now }: { secrets: readonly string[]; now: Date },
): SignatureFault | undefined {
  const { id, timestamp, signature } = headers;
  if (!id || !timestamp || !signature) return 'missing-header';
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now.getTime() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS)
    return 'stale-timestamp';

  const given = signature
    .split(' ')
    .slice(0, MOST_SIGNATURES)
    .filter((part) => part.startsWith('v1,'))
    .map((part) => Buffer.from(part.slice(3), 'base64'));
  for (const secret of secrets) {
    const expected = mac(secret, id, timestamp, body);
    if (given.some((candidate) => candidate.length === expected.length && timingSafeEqual(candidate, expected)))
      return undefined;
  }
  return 'no-matching-signature';
}

function mac(secret: string, id: string, timestamp: string, body: Uint8Array): Buffer {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}
