// What booking should do, without a database: a few arrays and plain rules. The test plays the same commands here and
// there and compares.

export interface Model {
  events: ModelEvent[];
  bookings: ModelBooking[];
  /** Which booking the answer kept under a person's key tells of. People are numbered as they come. */
  keys: Map<string, { booking: number; event: number; seats: number }>;
  /** Who stands at each place of the commands now; somebody else after an account was deleted. */
  people: number[];
  nextPerson: number;
}

export interface ModelEvent {
  places: number;
  isActive: boolean;
  isCancelled: boolean;
  hasStarted: boolean;
}

export interface ModelBooking {
  person: number;
  event: number;
  seats: number;
  status: 'confirmed' | 'cancelled' | 'event_cancelled';
  /** What CRM is told, in order. */
  told: string[];
}

/** One thing that somebody does; numbers are places in the model's lists, counted round. */
export type Command =
  | { does: 'book'; person: number; event: number; seats: number; key?: string }
  | { does: 'repeat'; nth: number; seats?: number }
  | { does: 'cancel'; nth: number; as: 'owner' | 'organiser' | 'stranger' }
  | { does: 'set places'; event: number; places: number }
  | { does: 'open or close'; event: number; isActive: boolean }
  | { does: 'cancel event'; event: number }
  | { does: 'start event'; event: number }
  | { does: 'delete person'; person: number }
  | { does: 'insert row'; person: number; event: number; seats: number }
  | { does: 'change seats'; nth: number; seats: number };

/** What the server should say: `ok`, or the code of the refusal; and of which booking. */
export interface Expected {
  says: string;
  booking?: number;
  isRepetition?: boolean;
}

export function newModel(options: { places: readonly number[]; people: number }): Model {
  return {
    events: options.places.map((places) => ({ places, isActive: true, isCancelled: false, hasStarted: false })),
    bookings: [],
    keys: new Map(),
    people: Array.from({ length: options.people }, (_, n) => n),
    nextPerson: options.people,
  };
}

/** Whether a command means anything now: it may need a booking or a key that is not there yet. */
export function isPossible(model: Model, command: Command): boolean {
  if (command.does === 'repeat') return model.keys.size > 0;
  return !('nth' in command) || model.bookings.length > 0;
}

/** Plays a command, changing the model, and answers what the server should say. */
export function play(model: Model, command: Command): Expected {
  switch (command.does) {
    case 'book':
      return playBook(model, command);
    case 'repeat':
      return playRepeat(model, command);
    case 'cancel':
      return playCancel(model, command);
    case 'set places': {
      const event = eventAt(model, command.event);
      if (event.isCancelled) return { says: 'event-cancelled' };
      if (command.places < seatsTaken(model, command.event)) return { says: 'seats-taken' };
      event.places = command.places;
      return { says: 'ok' };
    }
    case 'open or close': {
      const event = eventAt(model, command.event);
      if (event.isCancelled) return { says: 'event-cancelled' };
      event.isActive = command.isActive;
      return { says: 'ok' };
    }
    case 'cancel event':
      return playCancelEvent(model, command.event);
    case 'start event': {
      const event = eventAt(model, command.event);
      // Its time is moved, so whoever holds a seat is told of a new time.
      for (const booking of holding(model, command.event)) booking.told.push('event.changed');
      event.hasStarted = true;
      return { says: 'ok' };
    }
    case 'delete person':
      return playDelete(model, command.person);
    case 'insert row': {
      // Whoever knows only the tables is kept from nothing but what the database promises.
      if (ownActive(model, command)) return { says: '23505' };
      const event = eventAt(model, command.event);
      if (seatsTaken(model, command.event) + command.seats > event.places) return { says: '23514' };
      return { says: 'ok', booking: add(model, command) };
    }
    case 'change seats': {
      const booking = bookingAt(model, command.nth);
      const isHolding = booking.status === 'confirmed';
      const more = isHolding ? command.seats - booking.seats : 0;
      if (seatsTaken(model, booking.event) + more > eventAt(model, booking.event).places) return { says: '23514' };
      if (booking.seats !== command.seats) booking.told.push('booking.changed');
      booking.seats = command.seats;
      return { says: 'ok' };
    }
  }
}

type Wish = { person: number; event: number; seats: number };

function playBook(model: Model, command: Wish & { key?: string }): Expected {
  const { key } = command;
  const keyOf = `${personAt(model, command.person)} ${key}`;
  const known = key === undefined ? undefined : model.keys.get(keyOf);
  if (known) {
    const isSame = known.event === command.event && known.seats === command.seats;
    return isSame ? { says: 'ok', booking: known.booking, isRepetition: true } : { says: 'idempotency-mismatch' };
  }
  const refusal = refusalOf(model, command);
  if (refusal) return { says: refusal };
  const booking = add(model, command);
  if (key !== undefined) model.keys.set(keyOf, { booking, event: command.event, seats: command.seats });
  return { says: 'ok', booking };
}

function refusalOf(model: Model, wish: Wish): string | undefined {
  const event = eventAt(model, wish.event);
  const left = event.places - seatsTaken(model, wish.event);
  if (!event.isActive || event.isCancelled) return 'event-inactive';
  if (event.hasStarted) return 'event-started';
  if (ownActive(model, wish)) return 'already-booked';
  if (wish.seats > event.places) return 'too-many-seats';
  if (left === 0) return 'event-full';
  return wish.seats > left ? 'not-enough-seats' : undefined;
}

function playRepeat(model: Model, { nth, seats }: { nth: number; seats?: number }): Expected {
  const { booking, ...first } = keyAt(model, nth);
  if (seats !== undefined && seats !== first.seats) return { says: 'idempotency-mismatch' };
  return { says: 'ok', booking, isRepetition: true };
}

function playCancel(model: Model, { nth, as }: { nth: number; as: 'owner' | 'organiser' | 'stranger' }): Expected {
  const booking = bookingAt(model, nth);
  if (as === 'stranger') return { says: 'not-found' };
  const isGone = !model.people.includes(booking.person);
  if (as === 'owner' && isGone) return { says: 'unauthenticated' };
  if (booking.status !== 'confirmed') return { says: 'ok', booking: nth };
  if (as === 'owner' && eventAt(model, booking.event).hasStarted) return { says: 'event-started' };
  booking.status = 'cancelled';
  booking.told.push('booking.cancelled');
  return { says: 'ok', booking: nth };
}

function playCancelEvent(model: Model, at: number): Expected {
  const event = eventAt(model, at);
  event.isCancelled = true;
  event.isActive = false;
  for (const booking of holding(model, at)) {
    booking.status = 'event_cancelled';
    booking.told.push('event.cancelled');
  }
  return { says: 'ok' };
}

function playDelete(model: Model, at: number): Expected {
  const person = personAt(model, at);
  for (const booking of model.bookings) {
    if (booking.person !== person || booking.status !== 'confirmed') continue;
    if (eventAt(model, booking.event).hasStarted) continue;
    booking.status = 'cancelled';
    booking.told.push('booking.cancelled');
  }
  for (const key of model.keys.keys()) if (key.startsWith(`${person} `)) model.keys.delete(key);
  model.people[at] = model.nextPerson++;
  return { says: 'ok' };
}

function add(model: Model, { person, event, seats }: Wish): number {
  const booking = { person: personAt(model, person), event, seats, status: 'confirmed' as const };
  return model.bookings.push({ ...booking, told: ['booking.confirmed'] }) - 1;
}

export function holding(model: Model, event: number): ModelBooking[] {
  return model.bookings.filter((booking) => booking.event === event && booking.status === 'confirmed');
}

export function seatsTaken(model: Model, event: number): number {
  return holding(model, event).reduce((sum, { seats }) => sum + seats, 0);
}

function ownActive(model: Model, { person, event }: { person: number; event: number }): boolean {
  return holding(model, event).some((booking) => booking.person === personAt(model, person));
}

function eventAt(model: Model, at: number): ModelEvent {
  return model.events[at] as ModelEvent;
}

export function personAt(model: Model, at: number): number {
  return model.people[at] as number;
}

/** The place of the nth booking, counted round. */
export function bookingAt(model: Model, nth: number): ModelBooking {
  return model.bookings[nth % model.bookings.length] as ModelBooking;
}

/** The nth of the keys known now, counted round, with what was first asked with it. */
export function keyAt(model: Model, nth: number) {
  const all = [...model.keys];
  const [owned = '', first = { booking: 0, event: 0, seats: 0 }] = all[nth % all.length] ?? [];
  const [person = '', key = ''] = owned.split(/ (.*)/s);
  return { person: Number(person), key, ...first };
}
