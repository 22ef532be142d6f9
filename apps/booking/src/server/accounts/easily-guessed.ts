import { createHash } from 'node:crypto';
import { FREQUENT_PASSWORDS } from './frequent-passwords.ts';

const PREFIX_BYTES = 4;
const FEWEST_DIFFERENT = 4;

const common = new Set(prefixesOf(Buffer.from(FREQUENT_PASSWORDS, 'base64')));

/**
 * Whether a password is among the first that anybody would try: a frequent one, also with digits or signs put behind
 * it, or the same few characters over and over. What it is made of does not matter otherwise.
 */
export function isEasilyGuessed(password: string): boolean {
  const plain = password.normalize('NFKC').toLowerCase();
  if (new Set(plain).size < FEWEST_DIFFERENT) return true;
  const bare = plain.replace(/[^\p{L}\p{N}]+$/u, '');
  return [plain, bare, bare.replace(/\p{N}+$/u, '')].some((one) => common.has(prefixOf(one)));
}

function prefixOf(password: string): number {
  return createHash('sha256').update(password).digest().readUInt32BE();
}

function* prefixesOf(bytes: Buffer): Generator<number> {
  for (let at = 0; at < bytes.length; at += PREFIX_BYTES) yield bytes.readUInt32BE(at);
}
