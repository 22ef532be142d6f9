import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identityOf, openStudio } from '#server/test-studio.ts';
import { getRosterByName } from './get-roster-by-name.ts';
import { getRosterEntry } from './get-roster-entry.ts';

const studio = await openStudio();
const { db, pool } = studio;
const maya = identityOf(0, { facilitatorId: studio.facilitatorId });

async function book(eventId: number, people: readonly (readonly [name: string, status: string, seats?: number])[]) {
  for (const [index, [name, status, seats = 1]] of people.entries()) {
    await pool.query(
      `with person as (insert into users (name, email, password) values ($1, $2, '!') returning id)
       insert into bookings (user_id, event_id, status, seats) select id, $3, $4, $5 from person`,
      [name, `guest${eventId}.${index}@home.example`, eventId, status, seats],
    );
  }
}

const read = (
  eventId: number,
  { search = '', after, limit = 500 }: { search?: string; after?: string; limit?: number } = {},
) => getRosterByName(db, { eventId, search, after, limit }, maya);
const names = (entries: readonly { user_name: string }[]) => entries.map(({ user_name }) => user_name);

test('people stand by name, whatever their accents and capitals, and those who left apart', async () => {
  const eventId = await studio.addEvent({ places: 20 });
  await book(eventId, [
    ['zoë Berg', 'confirmed', 2],
    ['Élise Durand', 'attended'],
    ['Ana Costa', 'no_show'],
    ['emil Novak', 'waitlisted'],
    ['Finn Gone', 'cancelled'],
  ]);
  const { here, gone, figures, next, event } = await read(eventId);
  assert.equal(event.id, eventId);
  assert.deepEqual(names(here), ['Ana Costa', 'Élise Durand', 'emil Novak', 'zoë Berg']);
  assert.deepEqual(names(gone), ['Finn Gone']);
  assert.deepEqual(figures, { people: 3, seats: 4, attended: 1, missed: 1, open: 1, gone: 1 });
  assert.equal(next, null);
  assert.deepEqual(
    { seats: here[3]?.seats, email: here[3]?.user_email },
    { seats: 2, email: `guest${eventId}.0@home.example` },
  );
});

test('words of a name or an address find, and what is no pattern is none', async () => {
  const eventId = await studio.addEvent({ places: 20 });
  await book(eventId, [
    ['Zoë Berg', 'confirmed'],
    ['Élise Durand', 'confirmed'],
    ['Ana Costa', 'cancelled'],
  ]);
  const found = async (search: string) => {
    const { here, gone } = await read(eventId, { search });
    return names([...here, ...gone]);
  };
  assert.deepEqual(await found('zoe'), ['Zoë Berg']);
  assert.deepEqual(await found('durand ELISE'), ['Élise Durand']);
  assert.deepEqual(await found(`guest${eventId}.2@home`), ['Ana Costa']);
  assert.deepEqual(await found('%'), []);
  assert.deepEqual(await found('nobody'), []);
});

test('a long list goes on page by page, and nobody stands twice or is left out', async () => {
  const eventId = await studio.addEvent({ places: 100 });
  const people = Array.from({ length: 23 }, (_, index) => [`Same Name ${index % 3}`, 'confirmed'] as const);
  await book(eventId, people);
  const seen: number[] = [];
  let after: string | undefined;
  do {
    const page: Awaited<ReturnType<typeof read>> = await read(eventId, { limit: 5, ...(after && { after }) });
    assert.ok(page.here.length <= 5);
    if (after) assert.deepEqual(page.gone, []);
    seen.push(...page.here.map(({ id }) => id));
    after = page.next ?? undefined;
  } while (after);
  assert.equal(seen.length, 23);
  assert.equal(new Set(seen).size, 23);
});

test('the list is there for who runs the event', async () => {
  const eventId = await studio.addEvent();
  const as = (actor: Parameters<typeof getRosterByName>[2]) =>
    getRosterByName(db, { eventId, search: '', after: undefined, limit: 5 }, actor);
  await assert.rejects(as(identityOf(0)), { code: 'forbidden' });
  await assert.rejects(as(identityOf(0, { facilitatorId: studio.facilitatorId + 1 })), { code: 'forbidden' });
  await as(identityOf(0, { isAdmin: true }));
  await pool.query('update events set is_active = false where id = $1', [eventId]);
  await assert.rejects(as(identityOf(0, { facilitatorId: studio.facilitatorId + 1 })), { code: 'not-found' });
  await assert.rejects(read(eventId, { after: 'x' }), { code: 'bad-request' });
});

test('one booking is found on its own event’s list only', async () => {
  const [eventId, otherId] = [await studio.addEvent(), await studio.addEvent()];
  await book(eventId, [['Ana Costa', 'cancelled']]);
  const { gone } = await read(eventId);
  const bookingId = gone[0]?.id ?? 0;
  const { entry, event } = await getRosterEntry(db, { eventId, bookingId }, maya);
  assert.deepEqual([entry.user_name, event.id], ['Ana Costa', eventId]);
  await assert.rejects(getRosterEntry(db, { eventId: otherId, bookingId }, maya), { code: 'not-found' });
  await assert.rejects(getRosterEntry(db, { eventId, bookingId }, identityOf(0)), { code: 'forbidden' });
});
