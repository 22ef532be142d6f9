import { createHash } from 'node:crypto';
import { FREQUENT_PASSWORDS } from './frequent-passwords.ts';

const PREFIX_BYTES = 4;
const FEWEST_DIFFERENT = 4;
// What stands on every page: the first that comes to mind here, alone or strung together.
const WORDS_OF_HERE = /^(samaya|booking|studio|session|retreat|wellness|yoga|meditation|facilitator|password|demo)+$/;

const common = new Set(prefixesOf(Buffer.from(FREQUENT_PASSWORDS, 'base64')));

/**
 * Whether a password is among the first that anybody would try: a frequent one, also with digits or signs put behind
 * it, nothing but words of this site, or the same few characters over and over. What it is made of does not matter otherwise.
 */
export function isEasilyGuessed(password: string): boolean {
  const plain = password.normalize('NFKC').toLowerCase();
  if (new Set(plain).size < FEWEST_DIFFERENT) return true;
  if (WORDS_OF_HERE.test(plain.replace(/[^\p{L}]/gu, ''))) return true;
  const bare = plain.replace(/[^\p{L}\p{N}]+$/u, '');
  return [plain, bare, bare.replace(/\p{N}+$/u, '')].some((one) => common.has(prefixOf(one)));
}

function prefixOf(password: string): number {
  return createHash('sha256').update(password).digest().readUInt32BE();
}

function* prefixesOf(bytes: Buffer): Generator<number> {
  for (let at = 0; at < bytes.length; at += PREFIX_BYTES) yield bytes.readUInt32BE(at);
}
