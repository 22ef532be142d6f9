import { createHash } from 'node:crypto';
import type { Event } from './event.ts';

/** A short name for what people wrote of an event: another one as soon as any of it changes. Bookings do not count. */
export function versionOf({ seats_taken: _, facilitator: __, ...written }: Event): string {
  const fields = Object.entries(written).sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(fields)).digest('base64url').slice(0, 16);
}
