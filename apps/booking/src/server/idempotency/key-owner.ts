import { createHash } from 'node:crypto';

/** Whose keys are those of a signed-in person. */
export function keysOfUser(userId: number): string {
  return `user:${userId}`;
}

/** Whose keys are those of somebody known by an address only; the address itself is not kept. */
export function keysOfAddress(email: string): string {
  return `anonymous:${hashOf(email)}`;
}

/** Whose keys are those that the server derives for a guest; apart from the ones that people choose. */
export function keysOfGuest(email: string): string {
  return `guest:${hashOf(email)}`;
}

function hashOf(email: string): string {
  return createHash('sha256').update(email).digest('hex');
}
