import { createHmac } from 'node:crypto';
import type { BookingApp } from '#server/app.ts';

/**
 * What stands for the body of a repeatable request that holds a password. The fingerprint of a request is kept for a
 * day; made of the plain body, it would let the password be guessed a million times faster than argon2id does. The
 * key is not in the database.
 */
export function veilBody({ config }: Pick<BookingApp, 'config'>, rawBody: Uint8Array): Uint8Array {
  return createHmac('sha256', config.cookieKeys[0] ?? '')
    .update('request fingerprint\n')
    .update(rawBody)
    .digest();
}
