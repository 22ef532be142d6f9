import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeAddress } from '#server/accounts/change-address.ts';
import { erasePerson } from '#server/accounts/erase-person.ts';
import { identifyBearer, identifyCookie } from '#server/accounts/identify.ts';
import { listActs } from '#server/audit/list-acts.ts';
import { addToRoster } from '#server/bookings/add-to-roster.ts';
import { cancelBooking } from '#server/bookings/cancel-booking.ts';
import { getRosterByName } from '#server/bookings/get-roster-by-name.ts';
import { getRosterEntry } from '#server/bookings/get-roster-entry.ts';
import { listPeopleTold } from '#server/bookings/list-people-told.ts';
import { markAttendance } from '#server/bookings/mark-attendance.ts';
import { markMany } from '#server/bookings/mark-many.ts';
import { cancelEvent } from '#server/events/cancel-event.ts';
import { changeEvent } from '#server/events/change-event.ts';
import { getOwnEvent } from '#server/events/get-event.ts';
import { listOrganisedEvents } from '#server/events/list-organised-events.ts';
import { readAgenda } from '#server/events/read-agenda.ts';
import { createTestApp } from '#server/test-app.ts';
import { linkTokenOf } from '#server/test-mailed-links.ts';
import { identityOf } from '#server/test-studio.ts';
import { addAssistant } from './add-assistant.ts';
import { listAssistants } from './list-assistants.ts';
import { removeAssistant } from './remove-assistant.ts';

const studio = await createTestApp();
const { app, db, addPerson } = studio;
const maya = await studio.addFacilitator('Maya Lind');
const noah = await studio.addFacilitator('Noah Adeyemi');
const lead = { facilitator_id: maya.facilitatorId };
const asMaya = identityOf(maya.id, { facilitatorId: maya.facilitatorId });
const asNoah = identityOf(noah.id, { facilitatorId: noah.facilitatorId });
const asAdmin = identityOf(0, { isAdmin: true });

/** Somebody who assists Maya, signed in to the pages. */
async function addHelper(person: Parameters<typeof addPerson>[0] = {}) {
  const helper = await addPerson(person);
  await addAssistant(db, { facilitatorId: maya.facilitatorId, email: helper.email.toLowerCase() }, asMaya);
  const cookie = await studio.signIn(helper.id, 'page');
  const who = async () => await identifyCookie(db, cookie, []);
  const identity = await who();
  assert.ok(identity);
  return { ...helper, cookie, who, identity };
}

const idOf = async (email: string) =>
  (await listAssistants(db, 500, asAdmin)).find((one) => one.email === email)?.id ?? 0;
const rosterOf = (eventId: number, actor: typeof asMaya) =>
  getRosterByName(db, { eventId, search: '', after: undefined, limit: 10 }, actor);

test('who has confirmed the address assists at once, who has not does when they do', async () => {
  const { identity } = await addHelper();
  assert.deepEqual(identity.assists, [maya.facilitatorId]);
  const late = await addHelper({ proven_at: null, email: 'Late@home.example' });
  assert.deepEqual(late.identity.assists, [], 'anybody can type an address');
  await db.updateTable('users').set({ proven_at: new Date() }).where('id', '=', late.id).execute();
  assert.deepEqual((await late.who())?.assists, [maya.facilitatorId]);
  // An address nobody has is named all the same, and nothing tells the two apart.
  await addAssistant(db, { facilitatorId: maya.facilitatorId, email: 'nobody@home.example' }, asMaya);
  const listed = await listAssistants(db, 500, asMaya);
  assert.deepEqual(new Set(listed.flatMap(Object.keys)), new Set(['id', 'email', 'added_at', 'facilitator']));
});

test('an assistant works on the list and notes who came, at events of that facilitator alone', async () => {
  const { identity } = await addHelper();
  const ahead = await studio.addEvent(lead);
  const closed = await studio.addEvent({ ...lead, is_active: false });
  const on = await studio.addEvent({ ...lead, date_time: new Date(Date.now() - 60_000) });
  const foreign = await studio.addEvent({ facilitator_id: noah.facilitatorId });
  assert.equal((await rosterOf(closed, identity)).event.id, closed);
  const added = await addToRoster(app, { eventId: ahead, name: 'Gil', email: 'gil@home.example', seats: 1 }, identity);
  assert.equal((await getRosterEntry(db, { eventId: ahead, bookingId: added.id }, identity)).entry.user_name, 'Gil');
  assert.equal((await cancelBooking(db, added.id, identity)).status, 'cancelled');
  const { id: userId } = await addPerson();
  const { id } = await db
    .insertInto('bookings')
    .values({ user_id: userId, event_id: on })
    .returning('id')
    .executeTakeFirstOrThrow();
  assert.equal((await markAttendance(db, { id, attendance: 'no_show' }, identity)).status, 'no_show');
  await markAttendance(db, { id, attendance: 'confirmed' }, identity);
  assert.deepEqual(await markMany(db, { eventId: on, from: 'confirmed', to: 'attended' }, identity), [id]);

  await assert.rejects(rosterOf(foreign, identity), { code: 'forbidden' });
  await assert.rejects(
    addToRoster(app, { eventId: foreign, name: 'Gil', email: 'gil@home.example', seats: 1 }, identity),
    { code: 'forbidden' },
  );
  await assert.rejects(markMany(db, { eventId: foreign, from: 'confirmed', to: 'attended' }, identity), {
    code: 'forbidden',
  });
  const theirs = await db
    .insertInto('bookings')
    .values({ user_id: userId, event_id: foreign })
    .returning('id')
    .executeTakeFirstOrThrow();
  await assert.rejects(markAttendance(db, { id: theirs.id, attendance: 'attended' }, identity), { code: 'not-found' });
  await assert.rejects(cancelBooking(db, theirs.id, identity), { code: 'not-found' });

  const { items } = await listOrganisedEvents(
    db,
    { state: 'upcoming', search: '', after: undefined, limit: 50 },
    identity,
  );
  assert.ok(items.some((event) => event.id === ahead));
  assert.ok(items.every((event) => event.facilitator_id === maya.facilitatorId));
  assert.ok((await readAgenda(db, { timeZone: 'Europe/Lisbon', now: new Date() }, identity)).ahead > 0);
});

test('an assistant changes and cancels no event, names nobody, and has nothing of it by the API', async () => {
  const helper = await addHelper();
  const { identity } = helper;
  const eventId = await studio.addEvent(lead);
  await assert.rejects(getOwnEvent(db, eventId, identity), { code: 'forbidden' });
  await assert.rejects(changeEvent(db, eventId, { title: 'Mine' }, identity), { code: 'forbidden' });
  await assert.rejects(cancelEvent(db, eventId, identity), { code: 'forbidden' });
  await assert.rejects(listPeopleTold(db, { eventId, of: 'change' }, identity), { code: 'forbidden' });
  await assert.rejects(addAssistant(db, { facilitatorId: maya.facilitatorId, email: 'x@home.example' }, identity), {
    code: 'forbidden',
  });
  await assert.rejects(removeAssistant(db, await idOf(helper.email), identity), { code: 'forbidden' });
  await assert.rejects(listAssistants(db, 500, identity), { code: 'forbidden' });

  assert.deepEqual((await identifyBearer(db, helper.token, []))?.assists, []);
  const { token } = helper;
  assert.equal((await studio.call('GET', `/api/v1/events/${eventId}/bookings`, { token })).status, 403);
  assert.equal((await studio.call('POST', `/api/v1/events/${eventId}/cancel`, { token })).status, 403);
});

test('a facilitator who assists another keeps to the list there too', async () => {
  await addAssistant(db, { facilitatorId: maya.facilitatorId, email: noah.email }, asMaya);
  const both = { ...asNoah, assists: [maya.facilitatorId] };
  const [own, other] = [await studio.addEvent({ facilitator_id: noah.facilitatorId }), await studio.addEvent(lead)];
  const { items } = await listOrganisedEvents(db, { state: 'upcoming', search: '', after: undefined, limit: 50 }, both);
  assert.ok([own, other].every((id) => items.some((event) => event.id === id)));
  await assert.rejects(changeEvent(db, other, { title: 'Mine' }, both), { code: 'forbidden' });
  await changeEvent(db, own, { title: 'Mine' }, both);
});

test('a facilitator names and removes only their own assistants, an admin everybody’s, and each is in the trail once', async () => {
  const email = 'door@home.example';
  const { facilitatorId } = maya;
  await assert.rejects(addAssistant(db, { facilitatorId, email }, asNoah), { code: 'forbidden' });
  await assert.rejects(addAssistant(db, { facilitatorId: 2_000_000_000, email }, asAdmin), { code: 'not-found' });
  await addAssistant(db, { facilitatorId, email }, asMaya);
  await addAssistant(db, { facilitatorId, email }, asAdmin);
  const id = await idOf(email);
  await removeAssistant(db, id, asNoah);
  assert.equal(await idOf(email), id, 'as if there were none');
  await removeAssistant(db, id, asAdmin);
  await removeAssistant(db, id, asAdmin);
  assert.equal(await idOf(email), 0);
  const { items } = await listActs(db, { kind: undefined, search: '', after: undefined, limit: 2 });
  assert.deepEqual(
    items.map(({ kind, facilitator }) => [kind, facilitator?.name]),
    [
      ['assistant.removed', 'Maya Lind'],
      ['assistant.added', 'Maya Lind'],
    ],
  );
});

test('the rights end with their removal, with the account, and move with a confirmed address', async () => {
  const helper = await addHelper();
  await removeAssistant(db, await idOf(helper.email), asMaya);
  assert.deepEqual((await helper.who())?.assists, []);

  const erased = await addHelper();
  await erasePerson(db, erased.id);
  assert.equal(await idOf(erased.email), 0, 'the address is not kept');

  const mover = await addHelper();
  const asked = { new_email: 'moved@home.example', new_email_asked_at: new Date() };
  await db.updateTable('users').set(asked).where('id', '=', mover.id).execute();
  const token = await linkTokenOf(studio, 'address', mover.email);
  const owner = { by: 'sign-in', userId: mover.id } as const;
  const opened = await changeAddress(app, { token, owner, agent: undefined, now: new Date() });
  if (!('token' in opened)) assert.fail('no second step was asked for');
  assert.deepEqual((await identifyCookie(db, opened.token, []))?.assists, [maya.facilitatorId]);
  assert.equal(await idOf(mover.email), 0, 'whoever has the old mailbox next is no assistant');
});
