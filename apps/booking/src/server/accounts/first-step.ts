import { timingSafeEqual } from 'node:crypto';
import { hashToken } from '@samaya/platform/opaque-token.ts';
import type { CheckedCredentials } from './sign-in.ts';

/** Who passed the first step of a sign-in, as it travels, sealed, to the page that asks for the second. */
export interface FirstStep {
  userId: number;
  /** Says which password that was, and nothing else: with another one the step is void. */
  passwordMark: string;
}

export function firstStepOf({ userId, checkedHash }: CheckedCredentials): FirstStep {
  return { userId, passwordMark: hashToken(checkedHash).toString('base64url') };
}

/** Whether the account still has the password of the first step. */
export function isStillPassed({ passwordMark }: FirstStep, passwordHash: string): boolean {
  const given = Buffer.from(passwordMark, 'base64url');
  const right = hashToken(passwordHash);
  return given.length === right.length && timingSafeEqual(given, right);
}
