import { type Random, randomOf } from './random.ts';

/**
 * A studio's answers to its invitations over a year, made up from a seed and shaped like those of real groups: bursts
 * after an announcement and before the day, guests, changes of mind, people who come too late, and now and then two
 * within a second.
 */
export interface RsvpHistory {
  /** How many places each event has, and when it begins. */
  events: { places: number; startsAt: number }[];
  people: number;
  /** In the order of time. */
  acts: RsvpAct[];
}

/** Somebody books or cancels; times are milliseconds on the history's own clock. */
export interface RsvpAct {
  at: number;
  does: 'book' | 'cancel';
  person: number;
  event: number;
  seats: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Two acts closer than this come at once. */
export const AT_ONCE_MS = 1000;

export function makeHistory(seed: number, size: { events: number; people: number }): RsvpHistory {
  const random = randomOf(seed);
  const regulars = random.shuffle(Array.from({ length: size.people }, (_, n) => n));
  const acts: RsvpAct[] = [];
  const startsAt: number[] = [];
  for (let event = 0; event < size.events; event++) {
    const announcedAt = event * 2 * DAY + random.below(DAY);
    const start = announcedAt + (3 + random.below(25)) * DAY;
    startsAt.push(start);
    const invited = new Set(Array.from({ length: 5 + random.below(30) }, () => invitee(random, regulars)));
    for (const person of invited) acts.push(...answersOf(random, { person, event, announcedAt, start }));
  }
  const ordered = bringTogether(random, acts).sort((one, other) => one.at - other.at);
  const events = startsAt.map((start, event) => {
    const most = mostSeatsAtOnce(ordered, event);
    // Every fourth is sought after: it has fewer places than are wanted. The others have room even for whoever comes
    // before those who cancelled a moment earlier are gone.
    return { startsAt: start, places: event % 4 === 3 ? Math.max(1, Math.floor(most * 0.7)) : most + 30 };
  });
  return { events, people: size.people, acts: ordered };
}

// A few come to nearly everything, most to a thing or two.
function invitee(random: Random, regulars: readonly number[]): number {
  const reach = random.below(3) === 0 ? regulars.length : Math.ceil(regulars.length / 8);
  return regulars[random.below(reach)] ?? 0;
}

interface Invitation {
  person: number;
  event: number;
  announcedAt: number;
  start: number;
}

function answersOf(random: Random, { person, event, announcedAt, start }: Invitation): RsvpAct[] {
  const one = (does: RsvpAct['does'], at: number, seats: number) => ({ at, does, person, event, seats });
  if (random.below(150) === 0) return [one('book', start + random.below(HOUR), 1)];
  const at = momentOfAnswer(random, announcedAt, start);
  const seats = random.below(30) === 0 ? 2 + random.below(3) : 1;
  const booked = one('book', at, seats);
  // A quarter says no in the end; some of them come back after all, with another number of friends.
  if (random.below(4) > 0) return [booked];
  const cancelled = one('cancel', at + 1 + random.below(start - at - 1), seats);
  if (random.below(5) > 0) return [booked, cancelled];
  const again = cancelled.at + 1 + random.below(Math.max(1, start - cancelled.at - 2));
  return [booked, cancelled, one('book', again, 1 + random.below(3))];
}

function momentOfAnswer(random: Random, announcedAt: number, start: number): number {
  const kind = random.below(10);
  const soon = random.below(6) * random.below(HOUR);
  if (kind < 5) return announcedAt + soon;
  if (kind < 7) return Math.max(announcedAt, start - DAY) + soon;
  return announcedAt + random.below(start - announcedAt - HOUR);
}

/** Moves some answers to the moment of another one at the same event. */
function bringTogether(random: Random, acts: readonly RsvpAct[]): RsvpAct[] {
  const firstAt = new Map<number, RsvpAct>();
  return acts.map((act, n) => {
    const isAlone = acts[n - 1]?.person !== act.person && acts[n + 1]?.person !== act.person;
    const other = firstAt.get(act.event);
    if (!other) firstAt.set(act.event, act);
    if (!other || !isAlone || act.does === 'cancel' || random.below(12) > 0) return act;
    return { ...act, at: other.at + random.below(AT_ONCE_MS) };
  });
}

function mostSeatsAtOnce(acts: readonly RsvpAct[], event: number): number {
  let [held, most] = [0, 0];
  for (const act of acts) {
    if (act.event !== event) continue;
    held += act.does === 'book' ? act.seats : -act.seats;
    most = Math.max(most, held);
  }
  return most;
}

/** Whether an act comes after the event has begun. */
export function isLate({ events }: RsvpHistory, act: RsvpAct): boolean {
  return act.at >= Number(events[act.event]?.startsAt);
}

/** The seats that each person should have at each event in the end, where there is room for all: `person event` → seats. */
export function impliedSeats(history: RsvpHistory): Map<string, number> {
  const seats = new Map<string, number>();
  for (const act of history.acts) {
    if (isLate(history, act)) continue;
    const who = `${act.person} ${act.event}`;
    if (act.does === 'cancel') seats.delete(who);
    else if (!seats.has(who)) seats.set(who, act.seats);
  }
  return seats;
}

/** The events that have room for everybody who ever wanted to come, at any moment. */
export function roomyEvents({ events, acts }: RsvpHistory): Set<number> {
  return new Set(events.flatMap(({ places }, n) => (places > mostSeatsAtOnce(acts, n) + 3 ? [n] : [])));
}
