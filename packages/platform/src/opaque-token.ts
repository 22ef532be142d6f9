import { createHash, randomBytes } from 'node:crypto';

/** A secret of 256 bits in base64url, and the hash under which it is kept. The secret itself is never stored. */
export function createToken(): { token: string; hash: Buffer } {
  const token = randomBytes(32).toString('base64url');
  return { token, hash: hashToken(token) };
}

/** SHA-256; enough for secrets that nobody can guess. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** The token of an `Authorization: Bearer …` header. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return authorization?.match(/^Bearer ([A-Za-z0-9._~+/=-]{1,200})$/i)?.[1];
}
