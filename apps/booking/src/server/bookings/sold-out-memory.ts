/**
 * Remembers for a moment which events have no place left, so that a crowd before a sold-out event is answered without
 * asking the database for each. Who ever booked the event is not answered from here: what became of their place is
 * the database's to know.
 */
export interface SoldOutMemory {
  /**
   * Whether this person can be told that the event is full. A wish larger than the whole event is refused elsewhere.
   * When what is known grows old, the first who asks is sent to find out, and the others are told what was.
   */
  knows(wanted: { eventId: number; userId: number; seats: number }): boolean;
  /** Whether the event was sold out when last heard of. */
  remembers(eventId: number): boolean;
  /** Notes what the database said just now. */
  note(event: { eventId: number; maxParticipants: number; people: ReadonlySet<number> }): void;
  /** Somebody got a place, so there may be more. */
  forget(eventId: number): void;
}

interface SoldOut {
  until: number;
  maxParticipants: number;
  people: ReadonlySet<number>;
  /** Who was sent to find out. */
  scout: number | undefined;
}

// A freed place is to be had within a second, in every process.
const REMEMBERED_MS = 500;
const SCOUTED_MS = 400;
const MOST_EVENTS = 1000;

/** `clock` counts milliseconds; it need not know the day. */
export function rememberSoldOut(clock: () => number = () => performance.now()): SoldOutMemory {
  const events = new Map<number, SoldOut>();
  return {
    knows({ eventId, userId, seats }) {
      const event = events.get(eventId);
      if (!event) return false;
      const age = clock() - event.until;
      if (age >= SCOUTED_MS) {
        events.delete(eventId);
        return false;
      }
      if (seats > event.maxParticipants || event.people.has(userId)) return false;
      if (age < 0) return true;
      event.scout ??= userId;
      return event.scout !== userId;
    },
    remembers: (eventId) => events.has(eventId),
    note({ eventId, maxParticipants, people }) {
      if (events.size >= MOST_EVENTS) events.clear();
      events.set(eventId, { until: clock() + REMEMBERED_MS, maxParticipants, people, scout: undefined });
    },
    forget: (eventId) => void events.delete(eventId),
  };
}
