import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

/** Days for which a browser is known. */
export const KNOWN_DAYS = 180;

/**
 * What a browser keeps in which somebody signed in: an id by chance, and the proof that it belongs to their address.
 * It opens nothing. It only gives that browser tries of its own, so that nobody who guesses passwords from elsewhere
 * keeps the owner of an address out. The first of `keys` signs.
 */
export function markBrowser(keys: readonly string[], email: string): string {
  const id = randomUUID();
  return `${id}.${proofOf(keys[0] ?? '', id, email)}`;
}

/** The id in the mark of a browser that is known for this address, by any of the keys; else `undefined`. */
export function knownBrowser(keys: readonly string[], mark: string | undefined, email: string): string | undefined {
  const [id = '', proof = ''] = mark?.split('.') ?? [];
  const given = Buffer.from(proof);
  const isKnown = keys.some((key) => {
    const right = Buffer.from(proofOf(key, id, email));
    return given.length === right.length && timingSafeEqual(given, right);
  });
  return isKnown ? id : undefined;
}

function proofOf(key: string, id: string, email: string): string {
  return createHmac('sha256', key).update(['known browser', id, email].join('\n')).digest('base64url');
}
