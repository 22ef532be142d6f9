import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { rowsOf, waitUntilTold } from './both-databases.ts';
import { openBrowser } from './browser.ts';
import { mailedLink } from './mailbox.ts';
import { createVisitor, textOf } from './page-visitor.ts';
import { PASSWORD, startTwoApps } from './two-apps.ts';

const ANA = { email: 'ana@studio.example', password: PASSWORD };

const { booking, databases } = await startTwoApps();
const browser = await openBrowser();
const { ownerUrl } = databases.booking;

interface Planned {
  title: string;
  places?: number;
  startsIn?: string;
  price?: number;
  type?: string;
  practice?: string;
}

/** Adds an event of Maya's at 19:30 on some evening, or at the moment said; answers its id. */
async function plan({ title, places = 5, startsIn, price = 12, type = 'session', practice = 'yin' }: Planned) {
  const start = startsIn
    ? `now() + interval '${startsIn}'`
    : "((current_date + 9)::timestamp + interval '19 hours 30 minutes') at time zone 'Europe/Lisbon'";
  const [row] = await rowsOf(
    ownerUrl,
    `insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id,
       practice, place, time_zone)
     select '${title}', 'Bring a blanket.', '${type}', ${start}, 75, ${places}, ${price}, id, '${practice}',
       'Sala do Rio', 'Europe/Lisbon'
     from facilitators where email = 'maya.lind@studio.example' returning id`,
  );
  return Number(row?.id);
}

/** Lets somebody else take places. */
async function take(eventId: number, seats: number) {
  const email = `other-${eventId}-${seats}@studio.example`;
  await rowsOf(
    ownerUrl,
    `with person as (insert into users (name, email, password) values ('Other', '${email}', '!') returning id)
     insert into bookings (user_id, event_id, seats) select id, ${eventId}, ${seats} from person`,
  );
}

async function seatsTaken(eventId: number) {
  const [row] = await rowsOf(ownerUrl, `select seats_taken from events where id = ${eventId}`);
  return row?.seats_taken;
}

async function openPage(options: { javaScriptEnabled: boolean; width?: number }) {
  const { javaScriptEnabled, width = 1280 } = options;
  const context = await browser.newContext({ javaScriptEnabled, viewport: { width, height: 800 } });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    // A page that says no with its status is no fault.
    if (message.type() === 'error' && !/the server responded with a status of 4/.test(message.text())) {
      faults.push(message.text());
    }
  });
  return { page, context, faults };
}

async function signIn(page: Page) {
  await page.goto(`${booking.url}/sign-in`);
  await page.getByLabel('E-mail').fill(ANA.email);
  await page.getByLabel('Password').fill(ANA.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'My bookings' }).waitFor();
}

for (const { javaScriptEnabled, width } of [
  { javaScriptEnabled: false, width: 390 },
  { javaScriptEnabled: true, width: 1280 },
]) {
  const how = `${javaScriptEnabled ? 'with' : 'without'} JavaScript, ${width} px wide`;

  test(`somebody new finds a session, signs up on the way, books, looks it up and cancels, ${how}`, async (t) => {
    const title = `Yin by lamplight ${width}`;
    const eventId = await plan({ title });
    const { page, context, faults } = await openPage({ javaScriptEnabled, width });
    t.after(() => context.close());

    await page.goto(booking.url);
    await page.getByRole('searchbox', { name: 'Search' }).fill(`lamplight ${width}`);
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('link', { name: title }).click();
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await page.getByLabel('Places').selectOption('2');
    await page.getByRole('button', { name: 'I have an account' }).click();

    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    await page.getByRole('link', { name: 'Make an account' }).click();
    await page.getByLabel('Name').fill('Lea Brandt');
    await page.getByLabel('E-mail').fill(`lea-${width}@example.org`);
    await page.getByLabel('Password').fill('too short');
    await page.getByRole('button', { name: 'Make an account' }).click();
    await page.getByRole('alert').getByText('A password has 10 characters at least.').waitFor();
    assert.equal(await page.getByLabel('Name').inputValue(), 'Lea Brandt');
    assert.equal(await page.getByLabel('E-mail').inputValue(), `lea-${width}@example.org`);
    assert.equal(await page.getByLabel('Password').getAttribute('aria-invalid'), 'true');
    await page.getByLabel('Password').fill('quiet mornings');
    await page.getByRole('button', { name: 'Make an account' }).click();
    await page.getByRole('heading', { level: 1, name: 'Look into your mail' }).waitFor();
    await page.goto(await mailedLink(ownerUrl, `lea-${width}@example.org`, '/confirm/'));
    await page.getByRole('button', { name: 'Confirm my address' }).click();

    // Back at the event, with the choice that was made before.
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    assert.equal(await page.getByLabel('Places').inputValue(), '2');
    assert.equal(await seatsTaken(eventId), 0);
    await page.getByRole('button', { name: 'Book' }).click();
    await page.getByText('Confirmed').waitFor();
    assert.match(await page.title(), /^Confirmed · Yin by lamplight/);
    await page.getByText('Lea Brandt, 2 places').waitFor();
    await page.getByText('€24, at').waitFor();
    await page.getByText(/19:30–20:45/).waitFor();
    await page.getByText('Lisbon time', { exact: true }).waitFor();
    assert.equal(await seatsTaken(eventId), 2);

    await page.getByRole('navigation').getByRole('link', { name: 'My bookings' }).click();
    await page.getByRole('heading', { name: 'Upcoming' }).waitFor();
    await page.getByRole('link', { name: title }).click();
    await page.getByRole('link', { name: 'Cancel booking' }).click();
    await page.getByText('there are €24 less to pay').waitFor();
    await page.getByRole('button', { name: 'Cancel my booking' }).click();
    await page.getByText('Your place is free for somebody else.').waitFor();
    assert.equal(await seatsTaken(eventId), 0);

    await page.getByRole('button', { name: 'Book again' }).click();
    await page.getByText('Confirmed').waitFor();
    assert.equal(await seatsTaken(eventId), 2);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false);
    assert.deepEqual(faults, []);
    assert.equal(await waitUntilTold(ownerUrl, 30), 0);
  });
}

test('two clicks lead somebody who is signed in from the first page to a confirmed place', async (t) => {
  const eventId = await plan({ title: 'Soon enough', startsIn: '9 minutes' });
  const { page, context } = await openPage({ javaScriptEnabled: false });
  t.after(() => context.close());
  await signIn(page);
  await page.goto(booking.url);
  await page.getByRole('link', { name: 'Soon enough' }).click();
  await page.getByText(/^Starts in [3-9] minutes$/).waitFor();
  await page.getByRole('button', { name: 'Book' }).click();
  await page.getByText('Confirmed').waitFor();
  assert.equal(await seatsTaken(eventId), 1);

  // The form was open in another tab, or sent twice: nothing is booked again, and the page says where it stands.
  await page.goto(`${booking.url}/e/${eventId}`);
  await page.getByText('You have 1 place here.').waitFor();
  assert.equal(await page.getByRole('link', { name: 'See your booking' }).count(), 1);
  assert.equal(await page.getByRole('link', { name: 'Cancel it' }).count(), 1);
  assert.equal(await page.getByRole('button', { name: 'Book' }).count(), 0);
});

test('every refusal leaves a page that says what is the case, and no booking', async () => {
  const ana = createVisitor();
  await ana.post(`${booking.url}/sign-in`, ANA);
  const bookAt = async (id: number, seats = '1') => {
    const { url } = await ana.get(`${booking.url}/e/${id}`);
    return await ana.post(`${url}?/book`, { seats });
  };

  const full = await plan({ title: 'Full evening', places: 2 });
  await take(full, 2);
  const refusedFull = await bookAt(full);
  assert.equal(refusedFull.status, 409);
  assert.match(textOf(refusedFull.html), /All places of this event are taken\..*Full All places are taken/);

  const tight = await plan({ title: 'Tight evening', places: 5 });
  await take(tight, 3);
  const refusedTight = await bookAt(tight, '4');
  assert.equal(refusedTight.status, 409);
  assert.match(textOf(refusedTight.html), /Only 2 left\. Book fewer seats\./);
  assert.match(refusedTight.html, /<option value="2"/);
  assert.doesNotMatch(refusedTight.html, /<option value="3"/);

  const small = await plan({ title: 'Small room', places: 2 });
  assert.equal((await bookAt(small, '4')).status, 422);

  const begun = await plan({ title: 'Begun', startsIn: '-10 minutes' });
  const refusedBegun = await bookAt(begun);
  assert.equal(refusedBegun.status, 409);
  assert.match(textOf(refusedBegun.html), /This event has started and can no longer be booked/);

  const over = await plan({ title: 'Long ago', startsIn: '-10 days' });
  assert.match(textOf((await ana.get(`${booking.url}/e/${over}`)).html), /This event is over/);

  const twice = await plan({ title: 'Twice' });
  assert.equal((await bookAt(twice)).status, 200);
  const again = await bookAt(twice);
  assert.equal(again.status, 409);
  assert.match(textOf(again.html), /You are already booked Nothing was changed\. You have 1 place here\./);

  const [mine] = await rowsOf(ownerUrl, `select id from bookings where event_id = ${twice}`);
  await rowsOf(ownerUrl, `update events set is_active = false where id = ${twice}`);
  assert.match(textOf((await ana.get(`${booking.url}/e/${twice}`)).html), /You have 1 place here/);
  await rowsOf(
    ownerUrl,
    `update events set cancelled_at = now() where id = ${twice};
     update bookings set status = 'event_cancelled' where event_id = ${twice}`,
  );
  assert.match(textOf((await ana.get(`${booking.url}/e/${twice}`)).html), /Cancelled This event does not take place/);
  const booked = await ana.get(`${booking.url}/bookings/${mine?.id}`);
  assert.match(textOf(booked.html), /The event was cancelled.*You need to do nothing/);
  assert.doesNotMatch(booked.html, /Book again/);

  for (const id of [full, tight, small, begun]) {
    const rows = await rowsOf(
      ownerUrl,
      `select 1 from bookings b join users u on u.id = b.user_id where b.event_id = ${id} and u.email = '${ANA.email}'`,
    );
    assert.deepEqual(rows, [], String(id));
  }
  for (const id of ['0', '99999999', 'x']) {
    assert.equal((await ana.post(`${booking.url}/e/${id}?/book`, { seats: '1' })).status, 404, id);
  }
  for (const seats of ['', '0', '5', '-1', '1e9', '\0', '1.5']) {
    assert.ok((await bookAt(full, seats)).status < 500, seats);
  }
});

test('after the event has started a booking is no longer cancelled by its person', async () => {
  const ana = createVisitor();
  await ana.post(`${booking.url}/sign-in`, ANA);
  const eventId = await plan({ title: 'Almost there' });
  const { url } = await ana.get(`${booking.url}/e/${eventId}`);
  const booked = await ana.post(`${url}?/book`, { seats: '1' });
  await rowsOf(ownerUrl, `update events set date_time = now() - interval '1 minute' where id = ${eventId}`);
  const refused = await ana.post(`${booked.url}/cancel`);
  assert.equal(refused.status, 409);
  assert.match(textOf(refused.html), /ask its facilitator to cancel your booking/);
  assert.doesNotMatch(refused.html, /Cancel my booking/);
  assert.equal(await seatsTaken(eventId), 1);
});

test('EDGE-09: a booking and its calendar file are there for its person alone', async () => {
  const ana = createVisitor();
  await ana.post(`${booking.url}/sign-in`, ANA);
  const eventId = await plan({ title: 'Stillness, silence; and more' });
  const { url } = await ana.get(`${booking.url}/e/${eventId}`);
  const booked = await ana.post(`${url}?/book`, { seats: '1' });
  const file = await ana.get(`${booked.url}/calendar.ics`);
  assert.equal(file.status, 200);
  assert.match(file.headers.get('content-type') ?? '', /^text\/calendar; charset=utf-8$/);
  assert.match(file.headers.get('content-disposition') ?? '', /^attachment; filename="booking-\d+\.ics"$/);
  assert.match(file.html, /\r\nSUMMARY:Stillness\\, silence\\; and more\r\n/);

  const maya = createVisitor();
  await maya.post(`${booking.url}/sign-in`, { email: 'maya.lind@studio.example', password: PASSWORD });
  for (const path of ['', '/cancel', '/calendar.ics']) {
    assert.equal((await maya.get(booked.url + path)).status, 404, path);
    const asked = await createVisitor().get(booked.url + path);
    assert.equal(new URL(asked.url).pathname, '/sign-in', path);
  }
  assert.equal((await maya.post(`${booked.url}/cancel`)).status, 404);
  assert.equal(await seatsTaken(eventId), 1);
});

test('signing in leads back to the page that was asked for, and never to another site', async () => {
  const asked = await createVisitor().get(`${booking.url}/bookings`);
  assert.equal(new URL(asked.url).search, '?return_to=%2Fbookings');
  const ana = createVisitor();
  assert.equal((await ana.post(asked.url, ANA)).url, `${booking.url}/bookings`);
  for (const wanted of [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'x',
    '/sign-out',
  ]) {
    const query = new URLSearchParams({ return_to: wanted });
    for (const visitor of [createVisitor(), ana]) {
      const page =
        visitor === ana
          ? await visitor.get(`${booking.url}/sign-in?${query}`)
          : await visitor.post(`${booking.url}/sign-in?${query}`, ANA);
      assert.equal(page.url, `${booking.url}/`, wanted);
    }
    const account = { name: 'New', email: `new${Math.random()}@example.org`, password: 'quiet mornings' };
    const somebodyNew = createVisitor();
    const sent = await somebodyNew.post(`${booking.url}/sign-up?${query}`, account);
    assert.equal(sent.url, `${booking.url}/sign-up/sent`);
    const confirmed = await somebodyNew.post(await mailedLink(ownerUrl, account.email, '/confirm/'));
    assert.equal(confirmed.url, `${booking.url}/account?done=confirmed`, wanted);
  }
});

test('what cannot be an account is said at its field, and what was typed is kept but for the password', async () => {
  const typed = { name: ' ', email: '"><script>alert(1)</script>', password: 'short' };
  const page = await createVisitor().post(`${booking.url}/sign-up`, typed);
  assert.equal(page.status, 422);
  const text = textOf(page.html);
  for (const sentence of [
    'Your name is needed.',
    'Write an address such as ana@example.org.',
    'A password has 10 characters at least.',
  ]) {
    assert.equal(text.split(sentence).length - 1, 2, sentence);
  }
  assert.match(page.html, /value="&quot;>&lt;script>alert\(1\)/);
  assert.doesNotMatch(page.html, /<script|value="short"/);
  assert.match(page.html, /<title>No account yet/);
});

test('filters stand in the address, are shown, and can be taken away one by one', async () => {
  await plan({ title: 'Sunrise drums', startsIn: '20 days', practice: 'Drums', price: 30 });
  await plan({ title: 'Drums for nothing', startsIn: '21 days', practice: 'Drums', price: 0 });
  await plan({ title: 'A week of drums', startsIn: '22 days', practice: 'Drums', price: 300, type: 'retreat' });
  const visitor = createVisitor();
  const found = async (query: string) => {
    const { html, status } = await visitor.get(`${booking.url}/events?${query}`);
    assert.equal(status, 200, query);
    const titles = ['Sunrise drums', 'Drums for nothing', 'A week of drums'];
    return titles.filter((title) => textOf(html).includes(title)).length;
  };
  assert.equal(await found('practice=drums'), 3);
  assert.equal(await found('practice=drums&price_max=0'), 1);
  assert.equal(await found('practice=drums&price_max=30&event_type=session&available=true&q=&from=&to='), 2);
  assert.equal(await found('event_type=retreat&q=drums'), 1);
  assert.equal(await found('q=drums&from=2999-01-01'), 0);
  // What nobody can have meant is passed over, and what else was asked still counts.
  assert.equal(await found('practice=drums&price_max=cheap&from=soon&event_type=%00&facilitator_id=0'), 3);

  const { html } = await visitor.get(`${booking.url}/events?practice=drums&price_max=0&q=nothing`);
  assert.match(html, /href="\/events\?practice=drums&amp;q=nothing"[^>]*>Free/);
  assert.match(html, /<option value="Drums"|<option[^>]*>Drums/);
  const none = await visitor.get(`${booking.url}/events?practice=drums&from=2999-01-01`);
  assert.match(textOf(none.html), /Nothing on these dates The nearest is on \w+day \d+ \w+\./);
});

test('further events are a page on, and the way back to the first is kept', async () => {
  for (let day = 100; day < 130; day++) {
    await plan({ title: `Every day ${day}`, startsIn: `${day} days`, practice: 'daily' });
  }
  const visitor = createVisitor();
  const seen: string[] = [];
  let next: string | undefined = '/events?practice=daily';
  while (next) {
    const { html } = await visitor.get(booking.url + next);
    seen.push(...[...html.matchAll(/>(Every day \d+)</g)].map((match) => match[1] ?? ''));
    next = /href="([^"]*after=[^"]*)"[^>]*>Later events/.exec(html)?.[1]?.replaceAll('&amp;', '&');
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 30 }, (_, index) => `Every day ${100 + index}`),
  );
});

test('a facilitator has a page with what is ahead', async () => {
  const [maya] = await rowsOf(ownerUrl, `select id from facilitators where email = 'maya.lind@studio.example'`);
  await rowsOf(
    ownerUrl,
    `update facilitators set bio = 'Quiet & exact.', specialties = 'Yin' where id = ${Number(maya?.id)}`,
  );
  const [led] = await rowsOf(
    ownerUrl,
    'select count(*)::int as n from events where cancelled_at is null and date_time <= now()',
  );
  const page = await createVisitor().get(`${booking.url}/facilitators/${maya?.id}`);
  const beginning = `Maya Lind Yin Quiet &amp; exact. Subscribe in your calendar ${led?.n} events led so far Upcoming`;
  assert.ok(textOf(page.html).includes(beginning), textOf(page.html));
  assert.doesNotMatch(page.html, /maya\.lind@studio/);
  for (const wrong of ['0', '99999999', 'x']) {
    assert.equal((await createVisitor().get(`${booking.url}/facilitators/${wrong}`)).status, 404, wrong);
  }
});
