import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type BookingHistory, createHistory, type Deed, readBooksAt } from './booking-history.ts';
import { findDifferences, rowsOf, waitUntilTold } from './both-databases.ts';
import { checkHistory, type Verdict } from './check-history.ts';
import { addEvents, addFacilitator, addPeople } from './crowd.ts';
import { AT_ONCE_MS, impliedSeats, isLate, type RsvpAct, type RsvpHistory, roomyEvents } from './rsvp-history.ts';

export interface ReplaySite {
  /** Addresses of the booking processes, taken in turn. */
  doors: readonly string[];
  databases: { booking: string; crm: string };
}

export interface Replayed {
  verdict: Verdict;
  /** What the databases contradict each other in, and what never reached CRM. */
  differences: string[];
  waiting: number;
  /** Where the end is not what the history implies. */
  astray: string[];
  /** How requests ended: `book ok`, `book event-full`, `cancel ok` … */
  outcomes: Record<string, number>;
  seconds: number;
}

const ENOUGH_SECONDS = 120;
// Few enough that a slow machine answers each in good time.
const MOST_UNDER_WAY = 24;

/**
 * Plays a history in the order of its time: a pause is `longestGapMs` at most, and what came within a second comes at
 * once, though only so many are under way. An event begins when the first one comes too late for it.
 */
export async function replayHistory(
  history: RsvpHistory,
  site: ReplaySite,
  { longestGapMs }: { longestGapMs: number },
): Promise<Replayed> {
  const ids = await fill(history, site.databases.booking);
  const recorded = createHistory();
  const startedAt = performance.now();
  await playAll(history, longestGapMs, { ids, recorded, site });
  const seconds = (performance.now() - startedAt) / 1000;

  const waiting = await waitUntilTold(site.databases.booking, ENOUGH_SECONDS);
  const books = await readBooksAt(site.databases.booking);
  const promised = recorded.deeds.filter(({ does, outcome }) => does === 'book' && outcome === 'ok');
  return {
    verdict: checkHistory(recorded.deeds, books),
    differences: await findDifferences({
      bookingUrl: site.databases.booking,
      crmUrl: site.databases.crm,
      acknowledged: promised.map(({ bookingId }) => Number(bookingId)),
    }),
    waiting,
    astray: [...findAstray(history, ids, books.bookings)],
    outcomes: countOutcomes(recorded.deeds),
    seconds,
  };
}

type Ids = Awaited<ReturnType<typeof fill>>;

async function fill(history: RsvpHistory, databaseUrl: string) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const facilitatorId = await addFacilitator(client);
    const events = await addEvents(
      client,
      facilitatorId,
      history.events.map(({ places }) => places),
    );
    return { events, people: await addPeople(client, history.people) };
  } finally {
    await client.end();
  }
}

interface Play {
  ids: Ids;
  recorded: BookingHistory;
  site: ReplaySite;
}

async function playAll(history: RsvpHistory, longestGapMs: number, play: Play): Promise<void> {
  const { acts } = history;
  // What one person does at one event happens in its order, however long each takes.
  const last = new Map<string, Promise<Deed | undefined>>();
  const begun = new Map<number, Promise<unknown>>();
  const played: Promise<unknown>[] = [];
  for (const [n, act] of acts.entries()) {
    await played[n - MOST_UNDER_WAY];
    const gap = act.at - (acts[n - 1]?.at ?? act.at);
    if (gap >= AT_ONCE_MS) await sleep(Math.min(gap, longestGapMs));
    if (isLate(history, act) && !begun.has(act.event)) {
      begun.set(act.event, begin(act.event, Promise.all(last.values()), play));
    }
    const who = `${act.person} ${act.event}`;
    const before = Promise.all([last.get(who), begun.get(act.event)]);
    const done = before.then(([previous]) => perform(act, previous, n, play));
    last.set(who, done);
    played.push(done);
  }
  await Promise.all(last.values());
}

async function begin(event: number, before: Promise<unknown>, { ids, site }: Play): Promise<void> {
  await before;
  await rowsOf(
    site.databases.booking,
    `update events set date_time = now() - interval '1 minute' where id = ${ids.events[event]}`,
  );
}

/** Does one act; answers the booking that the person then has, if they have one. */
async function perform(act: RsvpAct, booked: Deed | undefined, n: number, play: Play): Promise<Deed | undefined> {
  const { ids, recorded, site } = play;
  const person = ids.people[act.person];
  const door = { url: String(site.doors[n % site.doors.length]), token: String(person?.token) };
  if (act.does === 'cancel') {
    if (booked) await recorded.cancel(door, booked);
    return undefined;
  }
  const wish = { userId: Number(person?.userId), eventId: Number(ids.events[act.event]), seats: act.seats };
  const deed = await recorded.book(door, { ...wish, key: `act-${n}` });
  return deed.outcome === 'ok' ? deed : booked;
}

function* findAstray(
  history: RsvpHistory,
  ids: Ids,
  bookings: readonly { user_id: number; event_id: number; seats: number; holds: boolean }[],
): Generator<string> {
  const roomy = roomyEvents(history);
  const held = new Map(
    bookings.filter(({ holds }) => holds).map(({ user_id, event_id, seats }) => [`${user_id} ${event_id}`, seats]),
  );
  for (const [who, seats] of impliedSeats(history)) {
    const [person = 0, event = 0] = who.split(' ').map(Number);
    const id = `${ids.people[person]?.userId} ${ids.events[event]}`;
    const given = held.get(id) ?? 0;
    held.delete(id);
    if (roomy.has(event) && given !== seats)
      yield `person ${person} has ${given} seats at event ${event}, not ${seats}`;
  }
  // Who is left has a seat that the history does not end with; at a full event somebody may have had to wait for it.
  for (const [id, seats] of held) yield `${id} (person, event) has ${seats} seats, and should have none`;
}

function countOutcomes(deeds: readonly Deed[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { does, outcome, code } of deeds) {
    const kind = `${does} ${outcome === 'refused' ? code : outcome}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}
