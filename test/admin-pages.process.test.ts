import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { openBrowser } from './browser.ts';
import { ANA, MAYA, NOAH, SOFIA, startOrganiseStudio } from './organise-studio.ts';
import { auditAxe, auditReflow } from './page-audit.ts';
import { createVisitor, textOf, type VisitedPage } from './page-visitor.ts';
import { startBooking } from './processes.ts';
import { PASSWORD } from './two-apps.ts';

const KB = 1024;
const MB = 1024 * KB;

const browser = await openBrowser();
const studio = await startOrganiseStudio(browser);
const { booking, databases, sql, plan, book, visit, open } = studio;

const userId = async (email: string) => Number((await sql(`select id from users where email = '${email}'`))[0]?.id);

/** Adds somebody who signed up and, unless said otherwise, confirmed the address. */
async function addPerson(name: string, { isProven = true } = {}) {
  const email = `${name.toLowerCase().replaceAll(/\W+/g, '.')}@people.example`;
  const [row] = await sql(
    `insert into users (name, email, password, proven_at)
     select '${name}', '${email}', password, ${isProven ? 'now()' : 'null'} from users where email = '${ANA}' returning id`,
  );
  return { id: Number(row?.id), email };
}

test('what is for organisers and admins is refused to others with the site around it, in every way', async () => {
  const eventId = await plan({ title: 'Not for Ana' });
  const bookingId = await book(eventId, { name: 'Lea Brandt', email: 'lea@home.example' });
  const event = `/organise/events/${eventId}`;
  const forOrganisers = [
    '/organise',
    '/organise/events',
    '/organise/events/new',
    `/organise/events/new?from=${eventId}`,
    event,
    `${event}/edit`,
    `${event}/cancel`,
    `${event}/roster`,
    `${event}/roster/${bookingId}`,
    `${event}/roster.csv`,
    '/organise/import',
    '/organise/assistants',
  ];
  const forAdmins = [
    '/organise/settings',
    '/admin',
    '/admin/people',
    `/admin/people/${await userId(MAYA)}`,
    `/admin/people/${await userId(MAYA)}/delete`,
    `/admin/people/${await userId(MAYA)}/disable`,
    '/admin/facilitators',
    '/admin/facilitators/new',
    '/admin/facilitators/1',
    '/admin/messages',
    '/admin/audit',
    '/admin/roles',
  ];
  const forms = [
    `/admin/people/${await userId(MAYA)}/disable?/disable`,
    `${event}/cancel`,
    `${event}?/close`,
    `${event}/roster?/everyone`,
    `${event}/roster/${bookingId}`,
    '/organise/import?/check',
    '/organise/events/new?/save',
    '/organise/settings',
    `/admin/people/${await userId(ANA)}?/makeAdmin`,
    '/admin/facilitators/new',
  ];
  const [ana, maya] = [await visit(ANA), await visit(MAYA)];
  const isRefused = (page: VisitedPage, path: string) => {
    assert.equal(page.status, 403, path);
    assert.match(textOf(page.html), /This page is not for you/, path);
    assert.match(page.html, /<header[\s\S]*Ana Costa|<header[\s\S]*Maya Lind/, `${path} stands in the frame`);
    assert.doesNotMatch(page.html, /Lea Brandt/, path);
    // Its styles are found from wherever it is shown.
    for (const [, file] of page.html.matchAll(/<link[^>]*href="([^"]+\.css)"/g)) assert.match(file ?? '', /^\/_app\//);
  };
  for (const path of [...forOrganisers, ...forAdmins]) isRefused(await ana.get(booking.url + path), path);
  for (const path of forAdmins) isRefused(await maya.get(booking.url + path), path);
  for (const path of forms) isRefused(await ana.post(booking.url + path, { title: 'x' }), path);
  for (const path of [...forOrganisers, ...forAdmins]) {
    assert.equal(new URL((await createVisitor().get(booking.url + path)).url).pathname, '/sign-in', path);
  }
  const [state] = await sql(`select is_active, cancelled_at from events where id = ${eventId}`);
  assert.deepEqual(state, { is_active: true, cancelled_at: null });
  assert.deepEqual(await sql(`select 1 from users where email = '${ANA}' and is_admin`), []);
});

test('somebody else’s event is refused, and one that visitors cannot see does not exist', async () => {
  const noah = await visit(NOAH);
  for (const { isActive, status } of [
    { isActive: true, status: 403 },
    { isActive: false, status: 404 },
  ]) {
    const eventId = await plan({ title: 'Hers', isActive });
    const bookingId = await book(eventId, { name: 'Lea Brandt', email: 'lea@home.example' });
    const event = `${booking.url}/organise/events/${eventId}`;
    for (const path of ['', '/edit', '/cancel', '/roster', `/roster/${bookingId}`, '/roster.csv']) {
      const page = await noah.get(event + path);
      assert.equal(page.status, status, path);
      assert.doesNotMatch(page.html, /lea@home\.example/);
    }
    assert.equal((await noah.get(`${booking.url}/organise/events/new?from=${eventId}`)).status, status);
    for (const form of [
      '?/close',
      '/cancel',
      '/edit?/save',
      '/edit?/preview',
      `/roster/${bookingId}`,
      '/roster?/everyone',
    ]) {
      assert.equal((await noah.post(event + form, {})).status, status, form);
    }
    const added = { name: 'X', email: 'x@home.example', places: '1' };
    assert.equal((await noah.post(`${event}/roster?/add`, added)).status, status);
    const [state] = await sql(
      `select e.is_active, e.cancelled_at, b.status from events e join bookings b on b.event_id = e.id where e.id = ${eventId}`,
    );
    assert.deepEqual(state, { is_active: isActive, cancelled_at: null, status: 'confirmed' });
  }
  // A note on a booking of hers, sent through the list of an event of his own.
  const [his, hers] = [
    await plan({ title: 'His', of: NOAH, startsIn: '-5 minutes' }),
    await plan({ title: 'Hers too', startsIn: '-5 minutes' }),
  ];
  const bookingId = await book(hers, { name: 'Lea Brandt', email: 'lea@home.example' });
  const marked = await noah.post(`${booking.url}/organise/events/${his}/roster?/mark`, {
    mark: `attended.${bookingId}`,
  });
  assert.equal(marked.status, 404);
  await noah.post(`${booking.url}/organise/events/${his}/roster?/takeBack`, { ids: String(bookingId) });
  assert.equal((await noah.get(`${booking.url}/organise/events/${his}/roster/${bookingId}`)).status, 404);
  assert.deepEqual(await sql(`select status from bookings where id = ${bookingId}`), [{ status: 'confirmed' }]);
  assert.deepEqual(await sql(`select 1 from users where email = 'x@home.example'`), []);
  for (const wrong of ['0', 'x', '99999999', '1-words']) {
    assert.equal((await noah.get(`${booking.url}/organise/events/${wrong}`)).status, 404, wrong);
  }
});

test('pages take forms of 64 KB, and the page to import a file of 2 MB', async () => {
  const maya = await visit(MAYA);
  const cookie = [...maya.cookiesFor(booking.url)].map(([name, value]) => `${name}=${value}`).join('; ');
  const send = (path: string, body: FormData) =>
    fetch(booking.url + path, {
      method: 'POST',
      body,
      redirect: 'manual',
      headers: { cookie, accept: 'text/html', origin: booking.url, 'sec-fetch-site': 'same-origin' },
    });
  const formOf = (field: string, size: number, isFile = false) => {
    const form = new FormData();
    const text = 'title,date_time\n'.padEnd(size, 'x');
    form.set(field, isFile ? new File([text], 'week.csv') : text);
    return form;
  };
  const asked = async (path: string, body: FormData) => {
    const answer = await send(path, body);
    return { status: answer.status, text: await answer.text() };
  };
  const eventId = await plan({ title: 'Long words' });
  for (const path of [
    '/organise/events/new?/save',
    `/organise/events/${eventId}/edit?/save`,
    '/sign-in',
    '/no-page',
    '/organise/events',
  ]) {
    const taken = await asked(path, formOf('description', 60 * KB));
    assert.ok(taken.status !== 413, `${path}: ${taken.status}`);
    const refused = await asked(path, formOf('description', 66 * KB));
    assert.equal(refused.status, 413, path);
    assert.match(refused.text, /This is too long: 64 KB is the most here\./);
  }
  const upload = '/organise/import?/check';
  const fits = await asked(upload, formOf('file', 2 * MB, true));
  assert.equal(fits.status, 422);
  assert.match(textOf(fits.text), /cannot be imported/);
  const large = await asked(upload, formOf('file', 2 * MB + 1, true));
  assert.equal(large.status, 422);
  assert.match(textOf(large.text), /This file is larger than 2 MB/);
  const huge = await asked(upload, formOf('file', 3 * MB, true));
  assert.equal(huge.status, 413);
  assert.match(huge.text, /3 MB is the most here/);
});

test('a form that does not say how long it is comes from no browser, and is not read', async () => {
  const maya = await visit(MAYA);
  const cookie = [...maya.cookiesFor(booking.url)].map(([name, value]) => `${name}=${value}`).join('; ');
  const status = await new Promise((resolve, reject) => {
    const sent = request(`${booking.url}/organise/import?/check`, {
      method: 'POST',
      headers: {
        cookie,
        origin: booking.url,
        'content-type': 'application/x-www-form-urlencoded',
        'transfer-encoding': 'chunked',
      },
    });
    sent.on('response', (answer) => resolve(answer.resume().statusCode));
    sent.on('error', reject);
    sent.end('paste=title');
  });
  assert.equal(status, 400);
});

test('what an admin sets of the studio is on the site at once, in every process', async (t) => {
  const other = await startBooking({ database: databases.booking, environment: { STUDIO_NAME: 'Of the environment' } });
  t.after(() => other.stop());
  const before = await plan({ title: 'Keeps its clock' });
  const sofia = await visit(SOFIA);
  const wrong = await sofia.post(`${booking.url}/organise/settings`, {
    name: ' ',
    timeZone: 'Lisbon',
    currency: 'EURO',
    terms: 'Kept',
  });
  assert.equal(wrong.status, 422);
  for (const sentence of ['The name is needed.', 'Write a time zone such as', 'Write a code of three letters']) {
    assert.equal(textOf(wrong.html).split(sentence).length - 1, 2, `${sentence} above and at the field`);
  }
  assert.match(wrong.html, />Kept<\/textarea>|Kept/);
  const { page, context } = await open(SOFIA, { javaScriptEnabled: false });
  t.after(() => context.close());
  await page.goto(`${booking.url}/organise/settings`);
  await page.getByLabel('Name', { exact: true }).fill('Sunyi & Co');
  await page.getByLabel('Time zone', { exact: true }).fill('Asia/Makassar');
  await page.getByLabel('Currency', { exact: true }).fill('idr');
  await page.getByLabel('Terms', { exact: true }).fill('Come early.\n\nLeave late.');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved. The site shows it already.').waitFor();
  for (const url of [booking.url, other.url]) {
    assert.match((await createVisitor().get(url)).html, /Sunyi &amp; Co/, url);
  }
  const form = await (await visit(MAYA)).get(`${other.url}/organise/events/new`);
  // Signed in at one address only: a host is a host, whatever its port.
  assert.match(form.html, /value="Asia\/Makassar"/);
  assert.match(form.html, /value="IDR"/);
  assert.deepEqual(await sql(`select time_zone, currency from events where id = ${before}`), [
    { time_zone: 'Europe/Lisbon', currency: 'EUR' },
  ]);
  const restarted = await startBooking({
    database: databases.booking,
    environment: { STUDIO_NAME: 'Of the environment' },
  });
  t.after(() => restarted.stop());
  assert.match((await createVisitor().get(restarted.url)).html, /Sunyi &amp; Co/);
  await sql(`update studio set name = 'Samaya', time_zone = 'Europe/Lisbon', currency = 'EUR', terms = null`);
});

test('an admin finds a person, makes them an admin and none again, and signs them out everywhere', async (t) => {
  const lea = await addPerson('Lea Brandt');
  const leaAtHome = createVisitor();
  await leaAtHome.post(`${booking.url}/sign-in`, { email: lea.email, password: PASSWORD });
  await book(await plan({ title: 'Lea comes' }), { name: 'Lea', email: lea.email });
  const { page, context } = await open(SOFIA, { javaScriptEnabled: false });
  t.after(() => context.close());
  await page.goto(`${booking.url}/admin`);
  await page.getByRole('main').getByRole('link', { name: 'People' }).last().click();
  await page.getByRole('searchbox', { name: 'Search people' }).fill('brandt people.example');
  await page.getByRole('button', { name: 'Find' }).click();
  const found = page.getByRole('row', { name: /Lea Brandt/ });
  await found.getByText('1 booking').waitFor();
  await found.getByText('Address confirmed').waitFor();
  await found.getByRole('link', { name: 'Lea Brandt' }).click();
  await page.getByRole('link', { name: 'Lea comes' }).waitFor();

  await page.getByRole('button', { name: 'Make an admin' }).click();
  await page.getByText('Is an admin now.').waitFor();
  assert.equal((await leaAtHome.get(`${booking.url}/admin`)).status, 200, 'at once');
  assert.equal(await page.getByRole('link', { name: 'Delete this account' }).count(), 0);
  await page.getByRole('button', { name: 'Take the admin’s rights away' }).click();
  await page.getByText('Is no admin any more.').waitFor();
  assert.equal((await leaAtHome.get(`${booking.url}/admin`)).status, 403, 'at once');

  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await page.getByText('Signed out everywhere.').waitFor();
  assert.equal(new URL((await leaAtHome.get(`${booking.url}/bookings`)).url).pathname, '/sign-in');
});

test('nobody changes their own rights, makes an admin of an unconfirmed address, or deletes an admin', async () => {
  const sofia = await visit(SOFIA);
  const own = await userId(SOFIA);
  const self = `${booking.url}/admin/people/${own}`;
  const page = await sofia.get(self);
  assert.match(textOf(page.html), /This is you\. Another admin can change your rights/);
  for (const action of ['?/unmakeAdmin', '?/makeAdmin', '/delete']) {
    assert.equal((await sofia.post(self + action)).status, 403, action);
  }
  const stranger = await addPerson('Un Proven', { isProven: false });
  const made = await sofia.post(`${booking.url}/admin/people/${stranger.id}?/makeAdmin`);
  assert.equal(made.status, 409);
  assert.match(textOf(made.html), /Only somebody who has confirmed the address/);
  const other = await addPerson('Other Admin');
  await sql(`update users set is_admin = true where id = ${other.id}`);
  const kept = await sofia.post(`${booking.url}/admin/people/${other.id}/delete`);
  assert.equal(kept.status, 403);
  assert.match(textOf(kept.html), /Take the admin’s rights away first/);
  const rows = await sql(
    `select is_admin, deleted_at from users where id in (${own}, ${stranger.id}, ${other.id}) order by id`,
  );
  assert.deepEqual(
    rows.map(({ is_admin: isAdmin, deleted_at: deleted }) => [isAdmin, deleted]),
    [
      [true, null],
      [false, null],
      [true, null],
    ],
  );
});

test('an account is disabled and enabled after its consequence was said, and single sign-ins are ended', async (t) => {
  const tom = await addPerson('Tina Ek');
  await book(await plan({ title: 'Tina comes' }), { name: 'Tina', email: tom.email });
  const tomAtHome = await visit(tom.email);
  const { page, context } = await open(SOFIA, { javaScriptEnabled: false });
  t.after(() => context.close());
  await page.goto(`${booking.url}/admin/people/${tom.id}`);
  await page.getByRole('button', { name: /^End this sign-in/ }).click();
  await page.getByText('That sign-in has ended.').waitFor();
  assert.equal(new URL((await tomAtHome.get(`${booking.url}/bookings`)).url).pathname, '/sign-in');
  await page.getByRole('link', { name: 'Disable this account' }).click();
  await page.getByText('The upcoming booking stays').waitFor();
  await page.getByRole('button', { name: 'Disable this account' }).click();
  await page.getByText('The account is disabled.').waitFor();
  await page.getByText('This account has been disabled since').waitFor();
  const refused = await createVisitor().post(`${booking.url}/sign-in`, { email: tom.email, password: PASSWORD });
  assert.equal(refused.status, 401);
  await page.goto(`${booking.url}/admin/people?q=tina`);
  await page.getByRole('row', { name: /Tina Ek.*Disabled/ }).waitFor();
  await page.getByRole('link', { name: 'Tina Ek' }).click();
  await page.getByRole('link', { name: 'Enable this account' }).click();
  await page.getByText('signs in again with the password').waitFor();
  await page.getByRole('button', { name: 'Enable this account' }).click();
  await page.getByText('The account is enabled again.').waitFor();
  assert.equal((await (await visit(tom.email)).get(`${booking.url}/bookings`)).status, 200);
});

test('the audit trail says who did what to whom and from where, and is searched by person and kind', async (t) => {
  const una = await addPerson('Una Mars');
  const sofia = await visit(SOFIA);
  for (const action of ['disable', 'enable']) {
    await sofia.post(`${booking.url}/admin/people/${una.id}/disable?/${action}`);
  }
  const { page, context } = await open(SOFIA, { javaScriptEnabled: false });
  t.after(() => context.close());
  await page.goto(`${booking.url}/admin/people/${una.id}`);
  await page.getByRole('link', { name: 'What was done' }).click();
  await page.waitForURL(/\/admin\/audit\?/);
  const lines = page.locator('main ol > li');
  assert.equal(await lines.count(), 2);
  assert.match(
    ((await lines.first().textContent()) ?? '').trim().replaceAll(/\s+/g, ' '),
    /^Sofia Marques enabled the account of Una Mars .*from 127\.0\.0\.1 · request \S+$/,
  );
  await page.getByLabel('What', { exact: true }).selectOption('Account disabled');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.waitForURL(/[?&]kind=\w/);
  assert.equal(await lines.count(), 1);
  await lines.getByRole('link', { name: 'Una Mars' }).click();
  await page.getByRole('heading', { name: 'Una Mars' }).waitFor();
  await page.goto(`${booking.url}/admin/audit?q=nobody+of+this+name`);
  await page.getByText('Nothing like that').waitFor();
  await page.getByRole('link', { name: 'Show all' }).first().click();
  await lines.first().waitFor();
  assert.equal((await sofia.get(`${booking.url}/admin/audit?after=x`)).status, 400);
});

test('an account is deleted after its consequence was said', async (t) => {
  const tom = await addPerson('Tom Ek');
  const eventId = await plan({ title: 'Tom comes' });
  await book(eventId, { name: 'Tom', email: tom.email });
  const { page, context } = await open(SOFIA, { javaScriptEnabled: false });
  t.after(() => context.close());
  await page.goto(`${booking.url}/admin/people/${tom.id}`);
  await page.getByRole('link', { name: 'Delete this account' }).click();
  await page.getByText('The upcoming booking is cancelled').waitFor();
  await page.getByRole('button', { name: 'Delete this account' }).click();
  await page.getByText('The account is deleted.').waitFor();
  const [row] = await sql(
    `select u.name, b.status from users u join bookings b on b.user_id = u.id where u.id = ${tom.id}`,
  );
  assert.deepEqual(row, { name: 'Deleted person', status: 'cancelled' });
  assert.equal((await (await visit(SOFIA)).get(`${booking.url}/admin/people/${tom.id}`)).status, 404);
});

test('a facilitator is added with a password, signs in, and an address is had by one alone', async (t) => {
  const { page, context } = await open(SOFIA, { javaScriptEnabled: false });
  t.after(() => context.close());
  await page.goto(`${booking.url}/admin/facilitators`);
  await page.getByRole('link', { name: 'Add a facilitator' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Inês Duarte');
  await page.getByLabel('E-mail', { exact: true }).fill(MAYA);
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('alert').getByText('A password has 10 characters at least.').waitFor();
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('alert').getByText('There is a facilitator with this address already.').waitFor();
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Inês Duarte');
  await page.getByLabel('E-mail', { exact: true }).fill(ANA);
  await page.getByLabel('Password', { exact: true }).fill('quiet mornings');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('alert').getByText('Somebody has a confirmed account at this address already.').waitFor();
  await page.getByLabel('E-mail', { exact: true }).fill('ines@studio.example');
  await page.getByLabel('Password', { exact: true }).fill('quiet mornings');
  await page.getByLabel('Specialties', { exact: true }).fill('Hatha');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByText('Added.').waitFor();
  await page.getByLabel('Specialties', { exact: true }).fill('Hatha, sound');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  await page.goto(`${booking.url}/admin/facilitators`);
  await page.getByRole('row', { name: /Inês Duarte ines@studio\.example · Hatha, sound/ }).waitFor();

  const ines = createVisitor();
  await ines.post(`${booking.url}/sign-in`, { email: 'ines@studio.example', password: 'quiet mornings' });
  assert.equal((await ines.get(`${booking.url}/organise`)).status, 200);
});

test('an admin creates an event for whom they name', async (t) => {
  const { page, context } = await open(SOFIA, { javaScriptEnabled: false });
  t.after(() => context.close());
  await page.goto(`${booking.url}/organise/events/new`);
  await page.getByLabel('Title', { exact: true }).fill('For Noah');
  await page.getByLabel('Day', { exact: true }).fill('2031-05-05');
  await page.getByLabel('Time', { exact: true }).fill('10:00');
  await page.getByLabel('Places', { exact: true }).fill('5');
  await page.getByLabel('Price', { exact: true }).fill('0');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('alert').getByText('Choose who leads it.').waitFor();
  await page.getByLabel('Facilitator', { exact: true }).selectOption('Noah Adeyemi');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText('The event is there').waitFor();
  const [event] = await sql(
    `select f.email from events e join facilitators f on f.id = e.facilitator_id where title = 'For Noah'`,
  );
  assert.equal(event?.email, NOAH);
});

test('every page of an admin passes axe in light and dark, and fits a narrow window', async (t) => {
  const lea = await addPerson('Looked At');
  await book(await plan({ title: 'Looked at' }), { name: 'Lea', email: lea.email });
  const { page, context } = await open(SOFIA, { javaScriptEnabled: true });
  t.after(() => context.close());
  for (const path of [
    '/admin',
    '/admin/people',
    `/admin/people/${lea.id}`,
    `/admin/people/${lea.id}/delete`,
    `/admin/people/${lea.id}/disable`,
    '/admin/audit',
    '/admin/audit?q=nobody+of+this+name',
    '/admin/roles',
    '/organise/assistants',
    '/admin/facilitators',
    '/admin/facilitators/1',
    '/admin/facilitators/new',
    '/organise/settings',
    '/organise/events',
  ]) {
    await page.goto(booking.url + path);
    await auditAxe(page);
    await auditReflow(page);
  }
  await page.goto(`${booking.url}/admin/facilitators/new`);
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('alert').waitFor();
  await auditAxe(page);
});
