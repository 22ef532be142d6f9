/**
 * Remembers for a moment which events somebody else holds, e.g. while thousands of bookings of one are cancelled. Who
 * wants them is told to come again rather than put in line, where they would hold up everybody else.
 */
export interface HeldEvents {
  knows(eventId: number): boolean;
  /** Notes what the database said just now. */
  note(eventIds: Iterable<number>): void;
}

const REMEMBERED_MS = 1000;
const MOST_EVENTS = 1000;

/** `clock` counts milliseconds; it need not know the day. */
export function rememberHeldEvents(clock: () => number = () => performance.now()): HeldEvents {
  const until = new Map<number, number>();
  return {
    knows(eventId) {
      const end = until.get(eventId);
      if (end !== undefined && end <= clock()) until.delete(eventId);
      return until.has(eventId);
    },
    note(eventIds) {
      if (until.size >= MOST_EVENTS) until.clear();
      for (const eventId of eventIds) until.set(eventId, clock() + REMEMBERED_MS);
    },
  };
}
