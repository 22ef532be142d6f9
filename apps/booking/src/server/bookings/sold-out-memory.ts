/**
 * Remembers for a moment which events have no place left, so that a crowd before a sold-out event is answered without
 * asking the database for each. Who ever booked the event is not answered from here: what became of their place is
 * the database's to know.
 */
export interface SoldOutMemory {
  /** Whether this person can be told that the event is full. A wish larger than the whole event is refused elsewhere. */
  knows(wanted: { eventId: number; userId: number; seats: number }): boolean;
  /** Notes what the database said just now. */
  note(event: { eventId: number; maxParticipants: number; people: ReadonlySet<number> }): void;
}

interface SoldOut {
  until: number;
  maxParticipants: number;
  people: ReadonlySet<number>;
}

// A freed place is to be had within a second, in every process.
const REMEMBERED_MS = 500;
const MOST_EVENTS = 1000;

/** `clock` counts milliseconds; it need not know the day. */
export function rememberSoldOut(clock: () => number = () => performance.now()): SoldOutMemory {
  const events = new Map<number, SoldOut>();
  return {
    knows({ eventId, userId, seats }) {
      const event = events.get(eventId);
      if (!event) return false;
      if (event.until <= clock()) {
        events.delete(eventId);
        return false;
      }
      return seats <= event.maxParticipants && !event.people.has(userId);
    },
    note({ eventId, maxParticipants, people }) {
      if (events.size >= MOST_EVENTS) events.clear();
      events.set(eventId, { until: clock() + REMEMBERED_MS, maxParticipants, people });
    },
  };
}
