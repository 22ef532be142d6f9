import assert from 'node:assert/strict';
import { test } from 'node:test';
import ICAL from 'ical.js';
import { createTestApp, type TestFacilitator } from '#server/test-app.ts';
import { cancelEvent } from './cancel-event.ts';
import { changeEvent } from './change-event.ts';
import { composeEventCalendar } from './compose-event-calendar.ts';
import type { EventFilter } from './event-filter-queries.ts';

const { db, addFacilitator, addEvent, addPerson } = await createTestApp();
const NOW = new Date('2026-11-23T08:00:00Z');
const SITE = 'https://book.example.org';
const hours = (count: number) => new Date(Date.now() + count * 3_600_000);

/** The entries of a facilitator's calendar, as another program reads them. */
async function read(filter: EventFilter, search = '') {
  const file = await composeEventCalendar(db, { search, filter, name: 'Maya', site: SITE, now: NOW });
  const calendar = new ICAL.Component(ICAL.parse(file));
  return calendar.getAllSubcomponents('vevent').map((entry) => {
    const event = new ICAL.Event(entry);
    return {
      title: event.summary,
      uid: event.uid,
      sequence: event.sequence,
      startsAt: event.startDate.toJSDate(),
      status: entry.getFirstPropertyValue('status'),
      text: entry.toString(),
    };
  });
}

const identityOf = (person: TestFacilitator) => ({
  userId: person.id,
  name: person.name,
  email: person.email,
  isProven: true,
  isAdmin: false,
  facilitatorId: person.facilitatorId,
  assists: [],
  signInId: 1,
  scopes: null,
});

async function book(eventId: number) {
  const { id, name, email } = await addPerson();
  await db.insertInto('bookings').values({ event_id: eventId, user_id: id }).execute();
  return { name, email };
}

test('holds what is not over, also while it goes on, and nothing that is hidden', async () => {
  const maya = await addFacilitator('Maya');
  const of = { facilitator_id: maya.facilitatorId };
  await addEvent({ ...of, title: 'Ahead', date_time: hours(5) });
  await addEvent({ ...of, title: 'Going on', date_time: hours(-30), duration: 60 * 72 });
  await addEvent({ ...of, title: 'Over', date_time: hours(-3), duration: 60 });
  await addEvent({ ...of, title: 'Closed', is_active: false });
  const found = await read(of);
  assert.deepEqual(
    found.map(({ title, status, sequence }) => [title, status, sequence]),
    [
      ['Going on', 'CONFIRMED', 0],
      ['Ahead', 'CONFIRMED', 0],
    ],
  );
  assert.deepEqual(
    (await read(of, 'ahead')).map(({ title }) => title),
    ['Ahead'],
  );
});

test('a moved event is the same entry, newer and at its new time', async () => {
  const maya = await addFacilitator('Mover');
  const of = { facilitator_id: maya.facilitatorId };
  const id = await addEvent({ ...of, title: 'Moving', date_time: hours(48) });
  const [before] = await read(of);
  await book(id);
  assert.deepEqual((await read(of))[0]?.sequence, 0, 'a booking changes nothing of it');
  for (const [index, moved] of [hours(72), hours(96)].entries()) {
    await changeEvent(db, id, { date_time: moved }, identityOf(maya));
    const [after] = await read(of);
    assert.deepEqual([after?.uid, after?.startsAt.getTime()], [before?.uid, Math.floor(moved.getTime() / 1000) * 1000]);
    assert.equal(after?.sequence, index + 1);
  }
});

test('a cancelled event that somebody had booked is told of, one that nobody knew is not', async () => {
  const maya = await addFacilitator('Canceller');
  const of = { facilitator_id: maya.facilitatorId };
  const booked = await addEvent({ ...of, title: 'Booked' });
  const draft = await addEvent({ ...of, title: 'Draft', is_active: false });
  await book(booked);
  for (const id of [booked, draft]) await cancelEvent(db, id, identityOf(maya));
  assert.deepEqual(
    (await read(of)).map(({ title, status, sequence }) => [title, status, sequence]),
    [['Booked', 'CANCELLED', 1]],
  );
});

test('says nothing of who comes', async () => {
  const maya = await addFacilitator('Discreet');
  const of = { facilitator_id: maya.facilitatorId };
  const person = await book(await addEvent(of));
  const [entry] = await read(of);
  for (const secret of [person.name, person.email, maya.email]) assert.ok(!entry?.text.includes(secret), secret);
  assert.doesNotMatch(entry?.text ?? '', /ATTENDEE|ORGANIZER/);
});

test('is never longer than five hundred events', async () => {
  const { facilitatorId: facilitator_id } = await addFacilitator('Busy');
  const rows = Array.from({ length: 502 }, (_, index) => ({
    title: `Event ${index}`,
    description: '',
    event_type: 'session',
    date_time: hours(24 + index),
    duration: 60,
    max_participants: 5,
    price: 1,
    facilitator_id,
  }));
  await db.insertInto('events').values(rows).execute();
  const found = await read({ facilitator_id });
  assert.deepEqual([found.length, found.at(-1)?.title], [500, 'Event 499']);
});
