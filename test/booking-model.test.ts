import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countTries, isFullRun, seedOf } from '@samaya/platform/test-tries.ts';
import fc from 'fast-check';
import type pg from 'pg';
import { createBookingDesk } from '../apps/booking/src/server/bookings/booking-desk.ts';
import { findViolations } from '../apps/booking/src/server/bookings/booking-invariants-queries.ts';
import { type Answer, createTestApp } from '../apps/booking/src/server/test-app.ts';
import { type Command, isPossible, keyAt, type Model, newModel, personAt, play, seatsTaken } from './booking-model.ts';

const PLACES = [1, 3, 6];
const PEOPLE = 4;

const studio = await createTestApp();
const { app, db, call } = studio;
const organiser = await studio.addFacilitator();
const stranger = await studio.addPerson();
// What a desk remembers of sold-out events is over with each command, so that each is answered by the database.
let clock = 0;
app.desk = createBookingDesk(db, () => clock);

interface Real {
  events: number[];
  /** By their number in the model. */
  people: { id: number; token: string }[];
  bookings: number[];
  /** The bytes of each keyed booking's first answer. */
  answers: Map<number, string>;
}

async function newReal(): Promise<Real> {
  const real: Real = { events: [], people: [], bookings: [], answers: new Map() };
  for (const max_participants of PLACES) {
    real.events.push(await studio.addEvent({ facilitator_id: organiser.facilitatorId, max_participants }));
  }
  for (let n = 0; n < PEOPLE; n++) real.people.push(await studio.addPerson());
  return real;
}

/** Does a command for real, as the model is before it; answers what was said. */
async function perform(real: Real, model: Model, command: Command): Promise<Answer | string> {
  const person = (n: number) => real.people[n] ?? { id: 0, token: '' };
  const event = (n: number) => Number(real.events[n]);
  const nth = (n: number) => n % real.bookings.length;
  const change = (n: number, body: object) =>
    call('PATCH', `/api/v1/events/${event(n)}`, { token: organiser.token, body });
  switch (command.does) {
    case 'book':
      return await book(person(personAt(model, command.person)), event(command.event), command);
    case 'repeat': {
      const first = keyAt(model, command.nth);
      return await book(person(first.person), event(first.event), { ...first, seats: command.seats ?? first.seats });
    }
    case 'cancel': {
      const at = nth(command.nth);
      const owner = person(Number(model.bookings[at]?.person));
      const token = { owner: owner.token, organiser: organiser.token, stranger: stranger.token }[command.as];
      return await call('POST', `/api/v1/bookings/${real.bookings[at]}/cancel`, { token });
    }
    case 'set places':
      return await change(command.event, { max_participants: command.places });
    case 'open or close':
      return await change(command.event, { is_active: command.isActive });
    case 'cancel event':
      return await call('POST', `/api/v1/events/${event(command.event)}/cancel`, { token: organiser.token });
    case 'start event':
      return await attempt("update events set date_time = now() - interval '1 hour' where id = $1", [
        event(command.event),
      ]);
    case 'delete person': {
      const gone = await call('DELETE', '/api/v1/me', { token: person(personAt(model, command.person)).token });
      real.people.push(await studio.addPerson());
      return gone;
    }
    case 'insert row':
      return await attempt('insert into bookings (user_id, event_id, seats) values ($1, $2, $3)', [
        person(personAt(model, command.person)).id,
        event(command.event),
        command.seats,
      ]);
    case 'change seats':
      return await attempt('update bookings set seats = $2 where id = $1', [
        real.bookings[nth(command.nth)],
        command.seats,
      ]);
  }
}

function book({ token }: { token: string }, event_id: number, { seats, key }: { seats: number; key?: string }) {
  const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
  return call('POST', '/api/v1/bookings', { token, body: { event_id, seats }, headers });
}

/** A statement of somebody who knows only the tables. */
async function attempt(statement: string, values: unknown[]): Promise<string> {
  return await app.pool.query(statement, values).then(
    () => 'ok',
    (error: pg.DatabaseError) => String(error.code),
  );
}

/** Plays a command on both sides and compares the answers, and then the books. */
async function playBoth(real: Real, model: Model, command: Command): Promise<void> {
  clock += 10_000;
  const before = model.bookings.length;
  const given = await perform(real, model, command);
  const expected = play(model, command);
  const said = typeof given === 'string' ? given : given.status < 300 ? 'ok' : given.body?.code;
  assert.equal(said, expected.says, JSON.stringify(command));
  if (model.bookings.length > before) real.bookings.push(await newestBooking(real));
  if (typeof given !== 'string' && expected.booking !== undefined) {
    const at = expected.booking % real.bookings.length;
    assert.equal(given.body.id, real.bookings[at]);
    if (command.does === 'book' || command.does === 'repeat') {
      assert.equal(given.headers.get('idempotency-replayed') === 'true', expected.isRepetition === true);
      if (expected.isRepetition) assert.equal(given.text, real.answers.get(at));
      else real.answers.set(at, given.text);
    }
  }
  await compare(real, model);
}

async function newestBooking({ events }: Real): Promise<number> {
  const { rows } = await app.pool.query('select max(id) as id from bookings where event_id = any ($1)', [events]);
  return rows[0].id;
}

async function compare(real: Real, model: Model): Promise<void> {
  const { rows: bookings } = await app.pool.query(
    `select b.user_id, b.event_id, b.seats, b.status, b.version,
       (select array_agg(o.kind order by o.version) from outbox o where o.booking_id = b.id and o.destination = 'crm') as told
     from bookings b where event_id = any ($1) order by id`,
    [real.events],
  );
  assert.deepEqual(
    bookings,
    model.bookings.map(({ person, event, ...same }) => ({
      user_id: real.people[person]?.id,
      event_id: real.events[event],
      ...same,
      version: same.told.length,
    })),
  );
  const { rows: events } = await app.pool.query(
    `select max_participants as places, is_active as "isActive", cancelled_at is not null as "isCancelled",
       date_time <= now() as "hasStarted", seats_taken as taken from events where id = any ($1) order by id`,
    [real.events],
  );
  assert.deepEqual(
    events,
    model.events.map((event, n) => ({ ...event, taken: seatsTaken(model, n) })),
  );
  assert.deepEqual(await findViolations(db), []);
}

const event = fc.nat(PLACES.length - 1);
const person = fc.nat(PEOPLE - 1);
const seats = fc.integer({ min: 1, max: 4 });
const nth = fc.nat(20);
const key = fc.constantFrom('a', 'b');
const commands: fc.Arbitrary<Command>[] = [
  fc.record({ does: fc.constant('book'), person, event, seats }),
  fc.record({ does: fc.constant('book'), person, event, seats, key }),
  fc.record({ does: fc.constant('book'), person, event, seats: fc.constant(1), key }),
  fc.record({ does: fc.constant('repeat'), nth, seats }, { requiredKeys: ['does', 'nth'] }),
  fc.record({ does: fc.constant('cancel'), nth, as: fc.constantFrom('owner', 'owner', 'organiser', 'stranger') }),
  fc.record({ does: fc.constant('set places'), event, places: fc.nat(8) }),
  fc.record({ does: fc.constant('open or close'), event, isActive: fc.boolean() }),
  fc.record({ does: fc.constant('delete person'), person }),
  fc.record({ does: fc.constant('insert row'), person, event, seats }),
  fc.record({ does: fc.constant('change seats'), nth, seats }),
];
// What ends an event is rarer, so that there is something to end.
const rare: fc.Arbitrary<Command>[] = [
  fc.record({ does: fc.constant('cancel event'), event }),
  fc.record({ does: fc.constant('start event'), event }),
];

test('CAP-19: whatever people do, in whatever order, the database does as the model says', async (t) => {
  const seed = seedOf(t);
  const played: Record<string, number> = {};
  const asCommand = (command: Command) => ({
    check: (model: Readonly<Model>) => isPossible(model, command),
    run: async (model: Model, real: Real) => {
      played[command.does] = (played[command.does] ?? 0) + 1;
      await playBoth(real, model, command);
    },
    toString: () => JSON.stringify(command),
  });
  const any = [...commands, ...commands, ...commands, ...rare].map((arbitrary) => arbitrary.map(asCommand));
  const size = { maxCommands: isFullRun ? 60 : 40, size: 'max' as const };
  await fc.assert(
    fc.asyncProperty(fc.commands(any, size), async (sequence) => {
      const setup = async () => ({ model: newModel({ places: PLACES, people: PEOPLE }), real: await newReal() });
      await fc.asyncModelRun(setup, sequence);
    }),
    { seed, numRuns: countTries(t, 'CAP-19', { short: 60, full: 1000 }) },
  );
  t.diagnostic(JSON.stringify(played));
});

test('negative control: a rule that the model has and the database has not is found', async () => {
  const model = newModel({ places: PLACES, people: PEOPLE });
  const real = await newReal();
  await playBoth(real, model, { does: 'book', person: 0, event: 1, seats: 1 });
  const mistaken = { ...model, events: model.events.map((one) => ({ ...one, places: one.places - 1 })) };
  await assert.rejects(playBoth(real, mistaken, { does: 'book', person: 1, event: 1, seats: 2 }));
});
