import { after } from 'node:test';
import { createTestDatabase, type TestDatabase } from '@samaya/platform/test-database.ts';
import pg from 'pg';
import { addEvents, addFacilitator, addPeople, type CrowdPerson } from './crowd.ts';
import { type AppSettings, startBooking } from './processes.ts';
import { type RacingRequest, sendTogether } from './send-together.ts';

/** Two booking processes on one database, and hands to fill and look at it. */
export interface TwoDoors {
  database: TestDatabase;
  /** Addresses of the processes. */
  urls: readonly [string, string];
  /** A connection of the role that owns the schema. */
  owner: pg.Client;
  addEvents(places: readonly number[]): Promise<number[]>;
  addPeople(count: number): Promise<CrowdPerson[]>;
  /** Requests that arrive at one instant, every other one at the other process. */
  race(wishes: readonly Wish[]): ReturnType<typeof sendTogether>;
}

export interface Wish {
  person: CrowdPerson;
  eventId: number;
  seats?: number;
  key?: string;
}

/** Opens both doors; `sabotage` is done to the database before. They close with the test file (or the running test). */
export async function openTwoDoors(sabotage = '', settings: Partial<AppSettings> = {}): Promise<TwoDoors> {
  const database = await createTestDatabase('booking');
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  // The database is dropped first.
  owner.on('error', () => undefined);
  await owner.connect();
  after(() => owner.end());
  await owner.query(sabotage);
  const facilitatorId = await addFacilitator(owner);
  const apps = await Promise.all([startBooking({ database, ...settings }), startBooking({ database, ...settings })]);
  const urls = [apps[0].url, apps[1].url] as const;
  return {
    database,
    urls,
    owner,
    addEvents: (places) => addEvents(owner, facilitatorId, places),
    addPeople: (count) => addPeople(owner, count),
    race: (wishes) => sendTogether(wishes.map((wish, index) => bookingRequest(urls[index % 2 === 0 ? 0 : 1], wish))),
  };
}

export function bookingRequest(url: string, { person, eventId, seats, key }: Wish): RacingRequest {
  return {
    url,
    path: '/api/v1/bookings',
    token: person.token,
    ...(key !== undefined && { headers: { 'idempotency-key': key } }),
    body: { event_id: eventId, ...(seats !== undefined && { seats }) },
  };
}

/** How many answers there were of each kind: the status, and the code of a refusal. */
export function countAnswers(answers: readonly { status: number; body?: { code?: string } }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const kind = status === 201 || !body?.code ? `${status}` : `${status} ${body.code}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}
