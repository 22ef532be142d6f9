import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { book } from './book-over-http.ts';
import { rowsOf } from './both-databases.ts';
import { createVisitor, textOf } from './page-visitor.ts';
import { startBooking } from './processes.ts';
import { PASSWORD, startTwoApps } from './two-apps.ts';

const { booking: here, databases } = await startTwoApps();
const there = await startBooking({ database: databases.booking });
const { ownerUrl } = databases.booking;

async function plan(title: string): Promise<number> {
  const [row] = await rowsOf(
    ownerUrl,
    `insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id)
     select '${title}', 'Sit.', 'session', now() + interval '3 days', 60, 3, 10, id from facilitators returning id`,
  );
  return Number(row?.id);
}

async function tokenOfAna(): Promise<string> {
  const response = await fetch(`${here.url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ana@studio.example', password: PASSWORD }),
  });
  return ((await response.json()) as { token: string }).token;
}

async function read(url: string): Promise<string> {
  return textOf((await createVisitor().get(url)).html);
}

/** How many milliseconds after `since` a stranger asked who was the last not to read this. */
async function lastUnreadAfter(since: number, url: string, words: RegExp): Promise<number> {
  for (let last = 0; ; await sleep(10)) {
    // An answer may take long on a busy machine; what counts is when it was asked for.
    const askedAfter = performance.now() - since;
    if (words.test(await read(url))) return last;
    last = askedAfter;
    assert.ok(last < 10_000, `${words} is not on ${url}`);
  }
}

test('a booking is on the page at once where it was made, and within a second at every other process', async () => {
  const id = await plan('Yin for two doors');
  for (const { url } of [here, there]) assert.match(await read(`${url}/e/${id}`), /3 places left/);
  const booked = await book({ url: here.url, token: await tokenOfAna(), eventId: id });
  const since = performance.now();
  assert.equal(booked.status, 201);
  assert.match(await read(`${here.url}/e/${id}`), /2 places left/);
  assert.ok((await lastUnreadAfter(since, `${there.url}/e/${id}`, /2 places left/)) < 1000);
});

test('a new text is on every page that shows it within a second, at every process', async () => {
  const id = await plan('Old words');
  const pages = [here, there].flatMap(({ url }) => [`${url}/`, `${url}/events`, `${url}/e/${id}`]);
  for (const page of pages) assert.match(await read(page), /Old words/);
  await rowsOf(ownerUrl, `update events set title = 'New words' where id = ${id}`);
  const since = performance.now();
  const times = await Promise.all(pages.map((page) => lastUnreadAfter(since, page, /New words/)));
  assert.ok(Math.max(...times) < 1000, JSON.stringify(times));
});

test('whoever is signed in has pages of their own, and leaves none for strangers', async () => {
  const id = await plan('Mine and yours');
  const visitor = createVisitor();
  await visitor.post(`${here.url}/sign-in`, { email: 'ana@studio.example', password: PASSWORD });
  for (const path of ['/', '/events', `/e/${id}-mine-and-yours`]) {
    for (const comesFirst of ['a stranger', 'Ana'] as const) {
      const stranger = async () => await createVisitor().get(here.url + path);
      const before = comesFirst === 'a stranger' ? await stranger() : undefined;
      const own = await visitor.get(here.url + path);
      const after = await stranger();
      assert.match(own.html, /Ana Costa/, path);
      assert.match(own.headers.get('cache-control') ?? '', /private/);
      for (const page of [before, after]) {
        assert.doesNotMatch(page?.html ?? '', /Ana Costa/, path);
        assert.equal(
          page?.headers.get('cache-control') ?? 'public, max-age=0, s-maxage=1',
          'public, max-age=0, s-maxage=1',
        );
      }
      await sleep(320);
    }
  }
});

test('a browser that has the page is told so, and keeps it with the page’s own policy', async () => {
  const first = await fetch(`${here.url}/events`);
  const again = await fetch(`${here.url}/events`, {
    headers: { 'if-none-match': first.headers.get('etag') ?? '*', accept: 'text/html' },
  });
  assert.equal(again.status, 304);
  assert.match(again.headers.get('content-security-policy') ?? '', /style-src 'self'/);
  assert.notEqual(again.headers.get('x-request-id'), first.headers.get('x-request-id'));
});
