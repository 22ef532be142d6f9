import { createHash } from 'node:crypto';
import { FREQUENT_PASSWORDS } from './frequent-passwords.ts';

const PREFIX_BYTES = 4;
const FEWEST_DIFFERENT = 4;

// What comes to mind here, of which a password is made by putting a year or a sign behind it.
const WORDS_OF_OURS: ReadonlySet<string> = new Set(
  `samaya booking bookings retreat retreats wellness yoga pilates breathwork meditation mindfulness session sessions
  studio facilitator facilitators instructor participant organiser organizer administrator admin namaste welcome`.split(
    /\s+/,
  ),
);

const common = new Set(prefixesOf(Buffer.from(FREQUENT_PASSWORDS, 'base64')));

/**
 * Whether a password is among the first that anybody would try: a frequent one or a word of what this is about, also
 * with digits or signs put behind it, or the same few characters over and over. What it is made of does not matter
 * otherwise.
 */
export function isEasilyGuessed(password: string): boolean {
  const plain = password.normalize('NFKC').toLowerCase();
  if (new Set(plain).size < FEWEST_DIFFERENT) return true;
  // The look behind keeps each from beginning anew at every character of a long run.
  const bare = plain.replace(/(?<![^\p{L}\p{N}])[^\p{L}\p{N}]+$/u, '');
  if (WORDS_OF_OURS.has(plain.replace(/(?<!\P{L})\P{L}+$/u, ''))) return true;
  return [plain, bare, bare.replace(/(?<!\p{N})\p{N}+$/u, '')].some((one) => common.has(prefixOf(one)));
}

function prefixOf(password: string): number {
  return createHash('sha256').update(password).digest().readUInt32BE();
}

function* prefixesOf(bytes: Buffer): Generator<number> {
  for (let at = 0; at < bytes.length; at += PREFIX_BYTES) yield bytes.readUInt32BE(at);
}
