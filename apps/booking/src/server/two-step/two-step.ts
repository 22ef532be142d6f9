import { randomBytes } from 'node:crypto';
import { hashToken } from '@samaya/platform/opaque-token.ts';
import { seal, unseal } from '@samaya/platform/sealed-value.ts';
import { Secret, TOTP } from 'otpauth';

/**
 * Two-step sign-in by TOTP (RFC 6238), as every authenticator app does it: six digits from a key that the app and we
 * share and from the half minute it is, by SHA-1. Beside it ten recovery codes, each good for once.
 */
const SETTING = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** Half minutes that a clock may be off, or a person slow. */
const STEPS_OFF = 1;

export const RECOVERY_CODES = 10;
// Without i, l, o and u, which are read as others.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
// 120 bits: nobody guesses that, and a plain hash of it keeps it.
const RECOVERY_LENGTH = 24;
const RECOVERY_GROUP = 6;

/** A new key for an app, in base32. */
export function createKey(): string {
  return new Secret({ size: 20 }).base32;
}

/** What a QR code tells an app: the key, and under which names to show its codes. */
export function keyAddress({ key, studio, email }: { key: string; studio: string; email: string }): string {
  return new TOTP({ ...SETTING, issuer: studio, label: email, secret: key }).toString();
}

/** The half minute whose code this is, now or a moment ago or ahead; `undefined` when it is none. */
export function stepOfCode({ key, code, now }: { key: string; code: string; now: Date }): number | undefined {
  const timestamp = now.getTime();
  const secret = Secret.fromBase32(key);
  const off = TOTP.validate({ ...SETTING, token: code, secret, timestamp, window: STEPS_OFF });
  return off === null ? undefined : TOTP.counter({ period: SETTING.period, timestamp }) + off;
}

/** A key as it is kept: sealed with a key that is not in the database, for this person alone. */
export function sealKey(key: string, userId: number, secrets: readonly string[]): string {
  return seal(key, secrets, purposeFor(userId));
}

/** The kept key; `undefined` when none of `secrets` opens it. */
export function openKey(kept: string, userId: number, secrets: readonly string[]): string | undefined {
  const key = unseal(kept, secrets, purposeFor(userId));
  return typeof key === 'string' ? key : undefined;
}

function purposeFor(userId: number): string {
  return `two-step ${userId}`;
}

/** New recovery codes, to be shown once, and the hashes under which they are kept. */
export function createRecoveryCodes(): { codes: string[]; hashes: Buffer[] } {
  const plain = Array.from({ length: RECOVERY_CODES }, () =>
    [...randomBytes(RECOVERY_LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length]).join(''),
  );
  const groups = new RegExp(`.{${RECOVERY_GROUP}}(?=.)`, 'g');
  return { codes: plain.map((code) => code.replace(groups, '$&-')), hashes: plain.map(hashToken) };
}

/** A code as somebody typed it: six digits of an app, or a recovery code by its hash; `undefined` for neither. */
export type TypedCode = { digits: string } | { recoveryHash: Buffer };

export function readCode(typed: string): TypedCode | undefined {
  const plain = typed
    .normalize('NFKC')
    .replaceAll(/[\s\p{Pd}]/gu, '')
    .toLowerCase();
  if (/^\d{6}$/.test(plain)) return { digits: plain };
  const recovery = plain.replaceAll('o', '0').replaceAll(/[il]/g, '1');
  if (recovery.length !== RECOVERY_LENGTH || [...recovery].some((sign) => !ALPHABET.includes(sign))) return undefined;
  return { recoveryHash: hashToken(recovery) };
}
