import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { openBrowser } from './browser.ts';
import { ANA, MAYA, startOrganiseStudio } from './organise-studio.ts';
import { auditAxe, auditReflow, watchRequests } from './page-audit.ts';
import { createVisitor, textOf } from './page-visitor.ts';

const MOST_SCRIPT_BYTES = 45 * 1024;

const browser = await openBrowser();
const studio = await startOrganiseStudio(browser);
const { booking, sql, plan, book, visit, open } = studio;

const statusesAt = async (eventId: number) => {
  const rows = await sql(
    `select u.name, b.status from bookings b join users u on u.id = b.user_id
     where b.event_id = ${eventId} order by u.name, b.id`,
  );
  return Object.fromEntries(rows.map(({ name, status }) => [name, status]));
};

const row = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(`^${name}`) });

for (const { javaScriptEnabled, width } of [
  { javaScriptEnabled: true, width: 1280 },
  { javaScriptEnabled: false, width: 390 },
]) {
  const how = `${javaScriptEnabled ? 'with' : 'without'} JavaScript, ${width} px wide`;

  test(`an organiser creates an event on one page, sees it before, and visitors find it, ${how}`, async (t) => {
    const { page, context } = await open(MAYA, { javaScriptEnabled, width });
    t.after(() => context.close());
    const watched = watchRequests(page, [booking.url]);
    const title = `Slow evening ${width}`;
    await page.goto(`${booking.url}/organise`);
    await page.getByRole('link', { name: 'Create an event' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Create an event' }).waitFor();
    await page.getByLabel('Title', { exact: true }).fill(title);
    // The clocks are put forward over it.
    await page.getByLabel('Day', { exact: true }).fill('2031-03-30');
    await page.getByLabel('Time', { exact: true }).fill('01:30');
    await page.getByLabel('How long', { exact: true }).fill('1 h 30');
    await page.getByLabel('Places', { exact: true }).fill('many');
    await page.getByLabel('Price', { exact: true }).fill('12,50');
    await page.getByText('More: description').click();
    await page.getByLabel('Place', { exact: true }).fill('The attic');
    await page.getByRole('button', { name: 'Create' }).click();

    const alert = page.getByRole('alert');
    await alert.getByRole('link', { name: /01:30 does not exist on that day/ }).waitFor();
    await alert.getByRole('link', { name: /Write how many can come/ }).waitFor();
    assert.equal(await page.getByLabel('Places', { exact: true }).getAttribute('aria-invalid'), 'true');
    assert.equal(await page.getByLabel('Title', { exact: true }).inputValue(), title);
    assert.equal(await page.getByLabel('Place', { exact: true }).inputValue(), 'The attic');
    await page.getByLabel('Time', { exact: true }).fill('19:30');
    await page.getByLabel('Places', { exact: true }).fill('8');
    if (!javaScriptEnabled) await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('Sun 30 Mar 2031, 19:30–21:00', { exact: true }).waitFor();
    await page.getByText('8 places left').waitFor();
    assert.deepEqual(await sql(`select 1 from events where title = '${title}'`), [], 'looking creates nothing');
    await page.getByRole('button', { name: 'Create' }).click();

    await page.getByText('The event is there, and open for booking.').waitFor();
    await page.getByText('0 of 8 places').waitFor();
    const [event] = await sql(
      `select duration, price, place, currency, time_zone, description, is_active,
         to_char(date_time at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as start from events where title = '${title}'`,
    );
    assert.deepEqual(event, {
      duration: 90,
      price: 12.5,
      place: 'The attic',
      currency: 'EUR',
      time_zone: 'Europe/Lisbon',
      description: '',
      is_active: true,
      start: '2031-03-30 18:30',
    });
    assert.deepEqual(watched.foreign, []);
    assert.deepEqual(
      watched.complaints.filter((text) => !/status of 422/.test(text)),
      [],
    );
    await page.getByRole('link', { name: 'See the page visitors see' }).click();
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
  });
}

test('the two pages with a script have little of it, and the others none', async (t) => {
  const eventId = await plan({ title: 'Small' });
  for (const { path, mayHaveScript } of [
    { path: '/organise/events/new', mayHaveScript: true },
    { path: `/organise/events/${eventId}/edit`, mayHaveScript: true },
    { path: `/organise/events/${eventId}`, mayHaveScript: false },
    { path: `/organise/events/${eventId}/roster`, mayHaveScript: false },
    { path: '/organise/import', mayHaveScript: false },
  ]) {
    const { page, context } = await open(MAYA);
    const watched = watchRequests(page, [booking.url]);
    await page.goto(booking.url + path, { waitUntil: 'networkidle' });
    const bytes = await watched.scriptBytes();
    await context.close();
    t.diagnostic(`${path}: ${(bytes / 1024).toFixed(1)} KB of script, compressed`);
    if (mayHaveScript) assert.ok(bytes > 0 && bytes <= MOST_SCRIPT_BYTES, `${path}: ${bytes}`);
    else assert.equal(bytes, 0, path);
  }
});

test('a copy of an event is a week later, and saved as another one', async () => {
  const maya = await visit(MAYA);
  const eventId = await plan({ title: 'Once more' });
  const { html } = await maya.get(`${booking.url}/organise/events/new?from=${eventId}`);
  const [next] = await sql(
    `select to_char(date_time at time zone 'Europe/Lisbon' + interval '7 days', 'YYYY-MM-DD') as day
     from events where id = ${eventId}`,
  );
  assert.match(html, new RegExp(`name="date"[^>]*value="${next?.day}"|value="${next?.day}"[^>]*name="date"`));
  assert.match(html, /value="Once more"/);
  assert.match(textOf(html), /All of it is taken over, a week later/);
  assert.equal((await maya.get(`${booking.url}/organise/events/new?from=x`)).status, 200);
  assert.equal((await maya.get(`${booking.url}/organise/events/new?from=99999999`)).status, 404);
});

test('before an event with bookings changes, it is said who is told; then they are', async (t) => {
  const eventId = await plan({ title: 'To be moved' });
  const bookings = [
    await book(eventId, { name: 'Lea Brandt', email: 'lea@home.example' }),
    await book(eventId, { name: 'Ben Okoye', email: 'ben@home.example', seats: 2 }),
  ];
  await book(eventId, { name: 'Gone Again', email: 'gone@home.example', status: 'cancelled' });
  const { page, context } = await open(MAYA, { javaScriptEnabled: false });
  t.after(() => context.close());
  const edit = async (field: string, value: string) => {
    await page.goto(`${booking.url}/organise/events/${eventId}/edit`);
    await page.getByLabel(field, { exact: true }).fill(value);
    await page.getByRole('button', { name: 'Save' }).click();
  };
  const versions = async () =>
    (await sql(`select version from bookings where id in (${bookings})`)).map((one) => one.version);

  await edit('Price', '18');
  await page.getByText('Saved.').waitFor();
  assert.deepEqual(await versions(), [1, 1], 'nobody is told of a price');

  await edit('Time', '20:00');
  const question = page.getByRole('alert');
  await question.getByText('They are told of the new time:').waitFor();
  assert.deepEqual(await question.getByRole('listitem').allTextContents(), ['Ben Okoye', 'Lea Brandt']);
  assert.deepEqual(await versions(), [1, 1], 'nothing is saved before');
  // Who then writes something else is asked about that.
  await page.getByLabel('Title', { exact: true }).fill('Moved');
  await page.getByRole('button', { name: 'Save and tell 2 people' }).click();
  await question.getByText('They are told of the new title and time:').waitFor();
  assert.deepEqual(await versions(), [1, 1]);
  await page.getByRole('button', { name: 'Save and tell 2 people' }).click();
  await page.getByText('Saved. 2 people are being told.').waitFor();
  await page.getByText(/from .*19:30–20:45/).waitFor();
  assert.deepEqual(await versions(), [2, 2]);
  const told = await sql(
    `select destination, count(*)::int from outbox where kind = 'event.changed' and event_id = ${eventId}
     group by destination order by destination`,
  );
  assert.deepEqual(told, [
    { destination: 'crm', count: 2 },
    { destination: 'mail', count: 2 },
  ]);

  await edit('Places', '2');
  await page.getByRole('alert').getByText('3 are taken already, so it needs 3 or more.').waitFor();
  assert.equal(await page.getByLabel('Places', { exact: true }).inputValue(), '2');
});

test('who saves what somebody else changed meanwhile is told, and saves again to win', async () => {
  const [one, other] = [await visit(MAYA), await visit(MAYA)];
  const eventId = await plan({ title: 'Twice at once' });
  const address = `${booking.url}/organise/events/${eventId}/edit`;
  const fieldsOf = (html: string) => ({
    title: 'Mine',
    event_type: 'session',
    date: '2031-03-04',
    time: '10:00',
    duration: '1 h',
    places: '9',
    price: '0',
    time_zone: 'Europe/Lisbon',
    currency: 'EUR',
    seen: /name="seen" value="([^"]+)"/.exec(html)?.[1] ?? assert.fail(),
  });
  const fields = fieldsOf((await one.get(address)).html);
  assert.equal((await other.post(`${address}?/save`, { ...fields, title: 'Theirs' })).status, 200);
  const refused = await one.post(`${address}?/save`, fields);
  assert.equal(refused.status, 409);
  assert.match(textOf(refused.html), /Somebody changed this event after you opened it/);
  assert.match(refused.html, /value="Mine"/);
  const title = async () => (await sql(`select title from events where id = ${eventId}`))[0]?.title;
  assert.equal(await title(), 'Theirs');
  assert.equal((await one.post(`${address}?/save`, fieldsOf(refused.html))).status, 200);
  assert.equal(await title(), 'Mine');
});

test('booking is closed and opened again at once, and the way back is offered', async (t) => {
  const eventId = await plan({ title: 'Open and shut' });
  const { page, context } = await open(MAYA, { javaScriptEnabled: false });
  t.after(() => context.close());
  await page.goto(`${booking.url}/organise/events/${eventId}`);
  await page.getByRole('button', { name: 'Close booking' }).click();
  await page.getByText('Booking is closed. Nobody can book').waitFor();
  assert.equal((await createVisitor().get(`${booking.url}/e/${eventId}`)).status, 404);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Booking is open.').waitFor();
  assert.equal((await createVisitor().get(`${booking.url}/e/${eventId}`)).status, 200);
  await page.goto(`${booking.url}/organise/events?state=closed`);
  assert.equal(await page.getByRole('link', { name: 'Open and shut' }).count(), 0);
});

test('a schedule is looked at line by line, then imported, and the second time there is nothing to do', async (t) => {
  const { page, context } = await open(MAYA, { javaScriptEnabled: false });
  t.after(() => context.close());
  const csv = [
    'title,date_time,duration,max_participants,price,facilitator_email',
    'Imported flow,2031-05-05 07:30,60,12,15,',
    `Imported =1+1 yin,2031-05-05 19:00,75,10,"12,50",${MAYA}`,
    'Somebody else’s,2031-05-06 19:00,75,10,12,noah@studio.example',
    'No price,2031-05-07 19:00,75,10,cheap,',
  ].join('\n');
  await page.goto(`${booking.url}/organise/import`);
  await page.getByRole('button', { name: 'Look what it would do' }).click();
  await page.getByRole('alert').getByText('Choose a file, or paste a schedule.').waitFor();
  await page
    .getByLabel('File', { exact: true })
    .setInputFiles({ name: 'week.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
  await page.getByRole('button', { name: 'Look what it would do' }).click();

  await page.getByRole('heading', { level: 1, name: 'What week.csv would do' }).waitFor();
  await row(page, 'New Imported flow').waitFor();
  await row(page, 'Refused').getByText('noah@studio.example” is somebody else').waitFor();
  await row(page, 'Refused').getByText('price “cheap” is no price').waitFor();
  const imported = async () =>
    (await sql(`select title from events where title like 'Imported%' order by title`)).length;
  assert.equal(await imported(), 0);
  await page.getByRole('button', { name: 'Import 2 events' }).click();
  await page.getByRole('alert').getByText('Nothing was imported, because lines are refused.').waitFor();
  assert.equal(await imported(), 0);
  await page.getByLabel('Leave the refused lines out').check();
  await page.getByRole('button', { name: 'Import 2 events' }).click();
  await page.getByText('Done: 2 events created, 0 changed.').waitFor();
  assert.equal(await imported(), 2);
  const [flow] = await sql(
    `select f.email, to_char(e.date_time at time zone 'UTC', 'HH24:MI') as start
     from events e join facilitators f on f.id = e.facilitator_id where title = 'Imported flow'`,
  );
  assert.deepEqual(flow, { email: MAYA, start: '06:30' }, 'her own, on the studio’s clock');

  await page.getByLabel('Or paste it here').fill(csv.split('\n').slice(0, 3).join('\n'));
  await page.getByRole('button', { name: 'Look what it would do' }).click();
  await page.getByText('There is nothing to import: all of it is here already.').waitFor();
  assert.equal(await page.getByRole('button', { name: /^Import/ }).count(), 0);
});

test('a calendar is known for one, and what cannot be read is said, with what was pasted kept', async () => {
  const maya = await visit(MAYA);
  const check = (fields: Record<string, string>) => maya.post(`${booking.url}/organise/import?/check`, fields);
  const calendar = `BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:Sit\nDTSTART:20310301T190000\nDTEND:20310301T200000\nRRULE:FREQ=WEEKLY;COUNT=3\nEND:VEVENT\nEND:VCALENDAR`;
  const mapping = '{"defaults":{"max_participants":5,"price":0}}';
  const read = await check({ paste: calendar, mapping });
  assert.match(textOf(read.html), /3 new/);
  assert.match(textOf(read.html), /Sat 1 Mar 2031 19:00, Europe\/Lisbon/);
  const broken = await check({ paste: calendar, mapping: '{', zone: 'Nowhere/Land' });
  assert.equal(broken.status, 422);
  assert.match(textOf(broken.html), /Write a time zone such as Europe\/Lisbon/);
  const noMapping = await check({ paste: calendar, mapping: '{"colour":1}' });
  assert.equal(noMapping.status, 422);
  assert.match(textOf(noMapping.html), /The mapping has “colour”, which means nothing here/);
  assert.match(noMapping.html, /BEGIN:VCALENDAR/);
  for (const paste of ['\0', 'a', '"', 'PK\u0003\u0004', ','.repeat(5000)]) {
    assert.equal((await check({ paste })).status, 422, JSON.stringify(paste.slice(0, 5)));
  }
  const applied = await maya.post(`${booking.url}/organise/import?/apply`, { bytes: '!!!', file: 'x' });
  assert.equal(applied.status, 422);
});

test('the list of an event: noting who came, taking it back, adding and removing', async (t) => {
  const eventId = await plan({ title: 'Evening list', startsIn: '20 minutes', places: 4 });
  await book(eventId, { name: 'Zoë Berg', email: 'zoe@home.example' });
  await book(eventId, { name: 'Ágnes Kis', email: 'agnes@home.example' });
  const { page, context } = await open(MAYA, { javaScriptEnabled: false });
  t.after(() => context.close());
  await page.goto(`${booking.url}/organise/events/${eventId}/roster`);
  await page.getByRole('heading', { name: '2 people' }).waitFor();
  assert.match((await page.getByRole('row').nth(1).textContent()) ?? '', /Ágnes Kis/, 'by name');

  await row(page, 'Zoë Berg').getByRole('button', { name: 'Did not come' }).click();
  await row(page, 'Zoë Berg').getByRole('cell', { name: 'Did not come', exact: true }).waitFor();
  assert.deepEqual(await statusesAt(eventId), { 'Zoë Berg': 'no_show', 'Ágnes Kis': 'confirmed' });
  await page.getByRole('button', { name: 'Everybody else came' }).click();
  await page.getByText('1 person noted as having come.').waitFor();
  assert.deepEqual(await statusesAt(eventId), { 'Zoë Berg': 'no_show', 'Ágnes Kis': 'attended' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Taken back.').waitFor();
  assert.deepEqual(await statusesAt(eventId), { 'Zoë Berg': 'no_show', 'Ágnes Kis': 'confirmed' });
  await row(page, 'Zoë Berg').getByRole('button', { name: 'Back to booked' }).click();
  await row(page, 'Zoë Berg').getByRole('cell', { name: 'Booked', exact: true }).waitFor();

  await page.getByText('Add a person').click();
  await page.getByLabel('Name', { exact: true }).fill('Lea Brandt');
  await page.getByLabel('E-mail', { exact: true }).fill('lea');
  await page.getByLabel('Places', { exact: true }).fill('3');
  await page.getByRole('button', { name: 'Add to the list' }).click();
  await page.getByRole('alert').getByText('Write an address such as ana@example.org.').waitFor();
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Lea Brandt');
  await page.getByLabel('E-mail', { exact: true }).fill('Lea.New@home.example');
  await page.getByRole('button', { name: 'Add to the list' }).click();
  await page.getByRole('alert').getByText('Only 2 places are left.').waitFor();
  await page.getByLabel('Places', { exact: true }).fill('2');
  await page.getByRole('button', { name: 'Add to the list' }).click();
  await page.getByText('Lea Brandt is on the list.').waitFor();
  await page.getByRole('heading', { name: '3 people, 4 places' }).waitFor();

  await page.getByText('Add a person').click();
  await page.getByLabel('Name', { exact: true }).fill('L. B.');
  await page.getByLabel('E-mail', { exact: true }).fill('lea.new@home.example');
  await page.getByRole('button', { name: 'Add to the list' }).click();
  await page.getByRole('alert').getByText('This person is on the list already.').waitFor();
  const lea = await sql(`select name, proven_at from users where email = 'lea.new@home.example'`);
  assert.deepEqual(lea, [{ name: 'Lea Brandt', proven_at: null }]);

  await page.getByRole('searchbox', { name: 'Search the list' }).fill('zoe');
  await page.getByRole('button', { name: 'Find' }).click();
  await page.getByText('1 person with “zoe”').waitFor();
  await row(page, 'Zoë Berg').getByRole('link', { name: 'Remove' }).click();
  await page.getByRole('heading', { level: 1, name: 'Remove Zoë Berg?' }).waitFor();
  await page.getByRole('button', { name: 'Remove from the list' }).click();
  await page.getByText('The place is free again, and the person is being told.').waitFor();
  await page.getByText('Cancelled: 1').waitFor();
  assert.deepEqual(await statusesAt(eventId), {
    'Lea Brandt': 'confirmed',
    'Zoë Berg': 'cancelled',
    'Ágnes Kis': 'confirmed',
  });
});

test('nothing can be noted too early, and nobody of whom it is noted can be removed', async () => {
  const maya = await visit(MAYA);
  const early = await plan({ title: 'Too early' });
  const id = await book(early, { name: 'Tom Ek', email: 'tom@home.example' });
  const list = `${booking.url}/organise/events/${early}/roster`;
  const page = await maya.get(list);
  assert.match(textOf(page.html), /From 30 minutes before the start on you note here who came/);
  assert.doesNotMatch(page.html, /name="mark"/);
  const refused = await maya.post(`${list}?/mark`, { mark: `attended.${id}` });
  assert.equal(refused.status, 409);
  assert.match(textOf(refused.html), /Who came can be noted from 30 minutes before the start on/);
  assert.equal((await maya.post(`${list}?/mark`, { mark: `cancelled.${id}` })).status, 400);
  assert.equal((await maya.post(`${list}?/mark`, { mark: 'attended.x' })).status, 400);
  assert.deepEqual(await statusesAt(early), { 'Tom Ek': 'confirmed' });

  await sql(`update events set date_time = now() where id = ${early}`);
  await maya.post(`${list}?/mark`, { mark: `attended.${id}` });
  const kept = await maya.post(`${list}/${id}`);
  assert.equal(kept.status, 409);
  assert.match(textOf(kept.html), /Put that back to booked first/);
  assert.deepEqual(await statusesAt(early), { 'Tom Ek': 'attended' });
});

test('on paper the list is alone: names, places, a box for each, room for notes', async (t) => {
  const eventId = await plan({ title: 'On paper' });
  await book(eventId, { name: 'Zoë Berg', email: 'zoe@home.example', seats: 2 });
  const { page, context } = await open(MAYA, { javaScriptEnabled: false });
  t.after(() => context.close());
  await page.goto(`${booking.url}/organise/events/${eventId}/roster`);
  await page.emulateMedia({ media: 'print' });
  // biome-ignore lint/performance/useDomNodeTextContent: what is hidden on paper does not count
  const shown = (await page.evaluate(() => document.body.innerText)).replaceAll(/\s+/g, ' ').trim();
  assert.match(shown, /^On paper .*19:30–20:45 Lisbon time .*Name Places Here Notes Zoë Berg 2$/);
  for (const hidden of [
    page.getByRole('navigation').first(),
    page.getByText('zoe@home.example'),
    page.getByRole('link', { name: 'Download CSV' }),
    page.getByRole('link', { name: 'Remove' }),
  ]) {
    assert.equal(await hidden.isVisible(), false);
  }
});

test('the list is a file for spreadsheets, without formulas', async (t) => {
  const eventId = await plan({ title: 'Für die Tabelle!' });
  await book(eventId, { name: '=HYPERLINK(1)', email: 'formula@home.example' });
  await book(eventId, { name: 'Zoë Berg', email: 'zoe@home.example', seats: 3 });
  const { page, context } = await open(MAYA, { javaScriptEnabled: false });
  t.after(() => context.close());
  await page.goto(`${booking.url}/organise/events/${eventId}/roster`);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download CSV' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), `fur-die-tabelle-${eventId}.csv`);
  const file = await readFile(await download.path(), 'utf8');
  assert.match(file, /^\uFEFFName,E-mail,Places,State,Booked\r\n/);
  assert.match(file, /\r\n'=HYPERLINK\(1\),formula@home\.example,1,Booked,\d{4}-\d\d-\d\d \d\d:\d\d\r\n/);
  assert.match(file, /\r\nZoë Berg,zoe@home\.example,3,Booked,/);
});

test('before an event is cancelled it is said who is told, and then everybody is', async (t) => {
  const eventId = await plan({ title: 'Called off' });
  for (const name of ['Lea Brandt', 'Ben Okoye', 'Zoë Berg']) {
    await book(eventId, { name, email: `${name.split(' ')[0]?.toLowerCase()}@off.example` });
  }
  const { page, context } = await open(MAYA, { javaScriptEnabled: false });
  t.after(() => context.close());
  await page.goto(`${booking.url}/organise/events/${eventId}`);
  await page.getByRole('link', { name: 'Cancel event' }).click();
  await page.getByText('This is final').waitFor();
  await page.getByText('3 people lose their places and are told by mail:').waitFor();
  assert.deepEqual(await page.locator('main ul').last().getByRole('listitem').allTextContents(), [
    'Ben Okoye',
    'Lea Brandt',
    'Zoë Berg',
  ]);
  assert.deepEqual(Object.values(await statusesAt(eventId)), ['confirmed', 'confirmed', 'confirmed']);
  await page.getByRole('button', { name: 'Cancel it and tell 3 people' }).click();
  await page.getByText('This event is cancelled, and everybody who had a place is being told.').waitFor();
  assert.deepEqual(Object.values(await statusesAt(eventId)), Array(3).fill('event_cancelled'));
  const told = await sql(
    `select destination, count(distinct user_id)::int as people from outbox
     where kind = 'event.cancelled' and event_id = ${eventId} group by destination order by destination`,
  );
  assert.deepEqual(told, [
    { destination: 'crm', people: 3 },
    { destination: 'mail', people: 3 },
  ]);
  assert.equal(await page.getByRole('link', { name: 'Edit' }).count(), 0);
  const again = await (await visit(MAYA)).get(`${booking.url}/organise/events/${eventId}/cancel`);
  assert.match(textOf(again.html), /This event is cancelled already/);
});

test('today says what is on, how full it is, and what is to do', async () => {
  const maya = await visit(MAYA);
  const eventId = await plan({ title: 'This very hour', startsIn: '-10 minutes', places: 3 });
  await book(eventId, { name: 'Lea Brandt', email: 'lea@today.example', seats: 2 });
  const closed = await plan({ title: 'Closed for now', isActive: false });
  const past = await plan({ title: 'The other day', startsIn: '-2 days' });
  await book(past, { name: 'Ben Okoye', email: 'ben@today.example' });
  const { html } = await maya.get(`${booking.url}/organise`);
  const text = textOf(html);
  assert.match(text, /This very hour .*2 of 3 places On now/);
  assert.match(text, /1 event ahead takes no bookings/);
  assert.match(text, /Who came to The other day on \w+ \d+ \w+\? 1 person is not noted/);
  assert.match(html, new RegExp(`href="/organise/events/${eventId}/roster"`));
  await sql(`update events set is_active = true where id = ${closed};
    update bookings set status = 'attended' where event_id = ${past}`);
  const after = textOf((await maya.get(`${booking.url}/organise`)).html);
  assert.doesNotMatch(after, /takes no bookings|is not noted/);
});

test('events are found by state and words, page by page', async () => {
  const maya = await visit(MAYA);
  for (let day = 1; day <= 27; day++) await plan({ title: `Paged ${day}`, startsIn: `${300 + day} days` });
  const seen: string[] = [];
  let next: string | undefined = '/organise/events?q=paged';
  while (next) {
    const { html } = await maya.get(booking.url + next);
    seen.push(...[...html.matchAll(/>(Paged \d+)</g)].map((match) => match[1] ?? ''));
    next = /href="([^"]*after=[^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 27 }, (_, index) => `Paged ${index + 1}`),
  );
  const none = await maya.get(`${booking.url}/organise/events?state=past&q=paged`);
  assert.match(textOf(none.html), /No event with “paged”/);
  for (const query of ['state=x', 'q=%00', `q=${'x'.repeat(5000)}`, 'state=past']) {
    assert.equal((await maya.get(`${booking.url}/organise/events?${query}`)).status, 200, query);
  }
  assert.equal((await maya.get(`${booking.url}/organise/events?after=x`)).status, 400);
});

test('every page of an organiser passes axe in light and dark, and fits a narrow window', async (t) => {
  const eventId = await plan({ title: 'Looked at', startsIn: '20 minutes' });
  const bookingId = await book(eventId, { name: 'Zoë Berg', email: 'zoe@home.example' });
  await book(eventId, { name: 'Ben Okoye', email: 'ben@home.example', status: 'attended' });
  await book(eventId, { name: 'Gone Again', email: 'gone@home.example', status: 'cancelled' });
  const { page, context } = await open(MAYA, { javaScriptEnabled: true });
  t.after(() => context.close());
  for (const path of [
    '/organise',
    '/organise/events',
    '/organise/events?state=cancelled&q=nothing',
    '/organise/events/new',
    `/organise/events/${eventId}`,
    `/organise/events/${eventId}/edit`,
    `/organise/events/${eventId}/cancel`,
    `/organise/events/${eventId}/roster`,
    `/organise/events/${eventId}/roster/${bookingId}`,
    '/organise/import',
  ]) {
    await page.goto(booking.url + path);
    await auditAxe(page);
    await auditReflow(page);
  }
  // Forms that were refused, a question, a report.
  await page.goto(`${booking.url}/organise/events/new`);
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByText('More: description').click();
  await auditAxe(page);
  await auditReflow(page);
  await page.goto(`${booking.url}/organise/events/${eventId}/edit`);
  await page.getByLabel('Title', { exact: true }).fill('Looked at again');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Save and tell 2 people' }).waitFor();
  await auditAxe(page);
  await page.goto(`${booking.url}/organise/import`);
  await page
    .getByLabel('Or paste it here')
    .fill('title,date_time,duration,max_participants,price\nYin,2031-01-01 10:00,60,5,x');
  await page.getByRole('button', { name: 'Look what it would do' }).click();
  await page.getByRole('heading', { level: 1, name: /would do/ }).waitFor();
  await auditAxe(page);
  await auditReflow(page);
});

test('a whole evening by keyboard: from today to the list, and somebody is noted', async (t) => {
  const eventId = await plan({ title: 'By keyboard', startsIn: '15 minutes' });
  await book(eventId, { name: 'Lea Brandt', email: 'lea@keys.example' });
  const { page, context } = await open(MAYA);
  t.after(() => context.close());
  const tabTo = async (name: RegExp) => {
    await page.waitForLoadState('load');
    for (let steps = 0; steps < 120; steps++) {
      await page.keyboard.press('Tab');
      const text = await page.evaluate(() => document.activeElement?.textContent?.replaceAll(/\s+/g, ' ').trim() ?? '');
      if (name.test(text)) return;
    }
    assert.fail(`${name} is not reached by keyboard`);
  };
  await page.goto(`${booking.url}/organise`);
  await tabTo(/^Roster of By keyboard$/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'By keyboard' }).waitFor();
  await tabTo(/^Came: Lea Brandt$/);
  await page.keyboard.press('Enter');
  await row(page, 'Lea Brandt').getByRole('cell', { name: 'Came', exact: true }).waitFor();
  assert.deepEqual(await statusesAt(eventId), { 'Lea Brandt': 'attended' });
});

test('a participant who was added by an organiser finds the place among their own', async () => {
  const eventId = await plan({ title: 'Added for Ana' });
  const maya = await visit(MAYA);
  const added = await maya.post(`${booking.url}/organise/events/${eventId}/roster?/add`, {
    name: 'Somebody',
    email: ANA.toUpperCase(),
    places: '1',
  });
  assert.match(textOf(added.html), /Ana Costa is on the list/);
  const ana = await visit(ANA);
  assert.match(textOf((await ana.get(`${booking.url}/bookings`)).html), /Added for Ana/);
});
