import type { Transaction } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { BookingApp } from '#server/app.ts';
import { cancelBooking } from '#server/bookings/cancel-booking.ts';
import { createBooking } from '#server/bookings/create-booking.ts';
import type { DB } from '#server/database-types.ts';
import { cancelEvent } from '#server/events/cancel-event.ts';
import { DEMO_ACCOUNTS, DEMO_FACILITATORS, DEMO_PARTICIPANT, DEMO_PASSWORD, DEMO_REGULARS } from './demo-people.ts';
import {
  claimDemo,
  findUserIds,
  insertAccounts,
  insertAttended,
  insertEvents,
  insertFacilitators,
  listDemoKeys,
} from './demo-queries.ts';
import { type PlannedEvent, planDemo } from './plan-demo.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** An event that is about to start gets no bookings: the engine would refuse them halfway. */
const TOO_LATE_MS = 5 * MINUTE_MS;

/** What the demo's participant does: one of each kind of booking. */
const PARTICIPANT_BOOKS = ['first-light-flow', 'hatha-from-the-feet-up', 'slow-days-in-arrabida'];
const PARTICIPANT_CANCELS = 'soft-start-online';

interface AddedEvent extends PlannedEvent {
  id: number;
}

/**
 * Fills the demo studio: accounts, facilitators, a timetable from last week to four weeks ahead, retreats, bookings.
 * The bookings go through the engine, so CRM hears of them. A later start adds only what is missing: new days come,
 * what a person changed, booked or cancelled stays. When two processes start at once, one of them does it.
 */
export async function seedDemo(
  app: Pick<BookingApp, 'db' | 'passwords' | 'config'>,
  { now }: { now: Date },
): Promise<{ eventsAdded: number }> {
  const { db } = app;
  const known = await findUserIds(
    db,
    DEMO_ACCOUNTS.map(({ email }) => email),
  );
  const missing = DEMO_ACCOUNTS.filter(({ email }) => !known.has(email));
  // One hash for all: hashing each would take seconds.
  const passwordHash = missing.length > 0 ? await app.passwords.hash(DEMO_PASSWORD) : '';

  const filled = await db.transaction().execute(async (trx) => {
    if (!(await claimDemo(trx))) return undefined;
    if (missing.length > 0) await insertAccounts(trx, missing, passwordHash);
    const facilitatorIds = await insertFacilitators(trx, DEMO_FACILITATORS);
    const existingKeys = await listDemoKeys(trx);
    const planned = planDemo({ now, timeZone: app.config.studio.timeZone, existingKeys });
    const ids = await insertEvents(trx, planned, facilitatorIds);
    const added = planned.flatMap((event): AddedEvent[] => {
      const id = ids.get(event.importKey);
      return id === undefined ? [] : [{ ...event, id }];
    });
    await bookRegulars(trx, added, now);
    const toCancel = existingKeys.size === 0 ? await bookParticipant(trx, added, now) : undefined;
    return { added, toCancel };
  });
  if (!filled) return { eventsAdded: 0 };

  const admin = await demoAdmin(app);
  for (const event of filled.added.filter(({ isCancelled }) => isCancelled)) await cancelEvent(db, event.id, admin);
  if (filled.toCancel !== undefined) await cancelBooking(db, filled.toCancel, admin);
  return { eventsAdded: filled.added.length };
}

async function bookRegulars(trx: Transaction<DB>, events: readonly AddedEvent[], now: Date): Promise<void> {
  const ids = [...(await findUserIds(trx, DEMO_REGULARS)).values()].sort((a, b) => a - b);
  const attended: Parameters<typeof insertAttended>[1][number][] = [];
  for (const event of events) {
    // Another part of the regulars for each event, the same on every machine.
    const first = [...event.importKey].reduce((sum, letter) => (sum * 7 + letter.charCodeAt(0)) % ids.length, 0);
    const guests = [...ids.slice(first), ...ids.slice(0, first)].slice(0, event.offer.taken);
    if (event.startsAt <= now) {
      attended.push(...guests.map((userId, index) => cameTo(event, userId, index)));
    } else if (isBookable(event, now)) {
      for (const userId of guests) await createBooking(trx, { userId, eventId: event.id, seats: 1 });
    }
  }
  await insertAttended(trx, attended);
}

/** Books for the participant and answers the booking to be cancelled afterwards. */
async function bookParticipant(
  trx: Transaction<DB>,
  events: readonly AddedEvent[],
  now: Date,
): Promise<number | undefined> {
  const userId = (await findUserIds(trx, [DEMO_PARTICIPANT])).get(DEMO_PARTICIPANT);
  if (userId === undefined) return undefined;
  const next = (slug: string) => events.find((event) => event.offer.slug === slug && isBookable(event, now));
  for (const slug of PARTICIPANT_BOOKS) {
    const event = next(slug);
    if (event) await createBooking(trx, { userId, eventId: event.id, seats: 1 });
  }
  const past = events.find((event) => event.offer.slug === PARTICIPANT_BOOKS[0] && event.startsAt <= now);
  if (past) await insertAttended(trx, [cameTo(past, userId, 0)]);
  const dropped = next(PARTICIPANT_CANCELS);
  return dropped && (await createBooking(trx, { userId, eventId: dropped.id, seats: 1 })).id;
}

function isBookable(event: AddedEvent, now: Date): boolean {
  return event.startsAt.getTime() > now.getTime() + TOO_LATE_MS;
}

function cameTo(event: AddedEvent, userId: number, index: number) {
  return { userId, eventId: event.id, bookedAt: new Date(event.startsAt.getTime() - (index + 1) * DAY_MS) };
}

async function demoAdmin({ db }: Pick<BookingApp, 'db'>): Promise<Identity> {
  const admin = DEMO_ACCOUNTS.find(({ isAdmin }) => isAdmin);
  if (!admin) throw new Error('the demo has no admin');
  const userId = (await findUserIds(db, [admin.email])).get(admin.email) ?? 0;
  return {
    userId,
    name: admin.name,
    email: admin.email,
    isProven: true,
    isAdmin: true,
    facilitatorId: null,
    assists: [],
    signInId: 0,
    scopes: null,
  };
}
