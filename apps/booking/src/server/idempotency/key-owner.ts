import { createHash } from 'node:crypto';

/** Whose keys are those of a signed-in person. */
export function keysOfUser(userId: number): string {
  return `user:${userId}`;
}

/** Whose keys are those of somebody known by an address only; the address itself is not kept. */
export function keysOfAddress(email: string): string {
  return `anonymous:${createHash('sha256').update(email).digest('hex')}`;
}
