import { resolve } from 'node:path';
import { createToken } from '@samaya/platform/opaque-token.ts';
import { createTestDatabase, type TestDatabase } from '@samaya/platform/test-database.ts';
import { freePort } from '@samaya/platform/test-port.ts';
import { createPasswords } from '../apps/booking/src/server/accounts/passwords.ts';
import { buildPages } from '../scripts/build.ts';
import { listSourceFiles, readSource } from '../scripts/source-files.ts';
import { rowsOf, waitUntilTold } from './both-databases.ts';
import { mailedLink } from './mailbox.ts';
import { createVisitor } from './page-visitor.ts';
import { type RunningApp, startBooking, startCrm } from './processes.ts';
import { PASSWORD } from './two-apps.ts';

const ROOT = resolve(import.meta.dirname, '..');

export type AppName = 'booking' | 'crm';

/** A page or a file of an application, found by its folder, so that a new one is tried without being told of. */
export interface SiteRoute {
  app: AppName;
  /** `/e/[event]` */
  id: string;
  /** The same with values that exist. */
  path: string;
  isPage: boolean;
  /** Whether it is a file that takes what is posted to it, as scripts do. */
  takesPosts: boolean;
  /** Names of its forms, `''` for the only one of a page. */
  actions: string[];
}

/** Both applications, with something to show on every page. */
export interface WholeSite {
  booking: RunningApp;
  crm: RunningApp;
  databases: Record<AppName, TestDatabase>;
  routes: SiteRoute[];
  eventId: number;
  /** The `Cookie` header of people who are signed in: Ana takes part, Maya leads, Sofia is an admin. */
  cookies: Record<'ana' | 'maya' | 'sofia' | 'mayaAtCrm', string>;
}

const PEOPLE = { ana: 'Ana Costa', maya: 'Maya Lind', sofia: 'Sofia Marques' } as const;

/**
 * Starts both applications. With `https` they are told that people see them over https, at names that lead nowhere:
 * then mails wait, and nobody can sign in to CRM.
 */
export async function startWholeSite({ https = false, words = 'Yin by candlelight' } = {}): Promise<WholeSite> {
  await buildPages({ write: () => undefined });
  const databases = { booking: await createTestDatabase('booking'), crm: await createTestDatabase('crm') };
  const [bookingPort, crmPort] = [await freePort(), await freePort()];
  const environment: Record<string, string> = https
    ? { BOOKING_URL: 'https://book.example.org', CRM_URL: 'https://crm.example.org', RATE_LIMITS: 'on' }
    : {};
  const urls = { booking: `http://localhost:${bookingPort}`, crm: `http://localhost:${crmPort}` };
  const booking = await startBooking({
    database: databases.booking,
    port: bookingPort,
    otherUrl: urls.crm,
    environment,
  });
  const crm = await startCrm({ database: databases.crm, port: crmPort, otherUrl: urls.booking, environment });

  const sql = (statement: string) => rowsOf(databases.booking.ownerUrl, statement);
  const hash = await createPasswords().hash(PASSWORD);
  const people = Object.entries(PEOPLE).map(
    ([who, name]) => `('${name}', '${who}@studio.example', '${hash}', now(), ${who === 'sofia'})`,
  );
  const ids = await sql(
    `insert into users (name, email, password, proven_at, is_admin) values ${people.join()} returning id`,
  );
  await sql("insert into facilitators (name, email, bio) values ('Maya Lind', 'maya@studio.example', 'Sits.')");
  const [event] = await sql(
    `insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id,
       place, time_zone, practice)
     select $words$${words}$words$, 'Bring a blanket.', 'session', now() + interval '9 days', 75, 12, 15, id, 'Sala do Rio',
       'Europe/Lisbon', 'yin' from facilitators returning id`,
  );
  const eventId = Number(event?.id);
  const [booked] = await sql(
    `insert into bookings (user_id, event_id) values (${ids[0]?.id}, ${eventId}) returning id`,
  );

  const prefix = https ? '__Host-' : '';
  async function signIn(user: Record<string, unknown> | undefined): Promise<string> {
    const { token, hash: secret } = createToken();
    await sql(`insert into sign_ins (secret_hash, kind, user_id, expires_at)
      values ('\\x${Buffer.from(secret).toString('hex')}', 'page', ${user?.id}, now() + interval '1 day')`);
    return `${prefix}samaya_booking=${token}`;
  }
  const { token, hash: secret } = createToken();
  await rowsOf(
    databases.crm.ownerUrl,
    `insert into sign_ins (secret_hash, kind, user_id, facilitator_id, facilitator_name, expires_at)
     values ('\\x${Buffer.from(secret).toString('hex')}', 'page', ${ids[1]?.id}, 1, 'Maya Lind', now() + interval '1 day')`,
  );
  const cookies = {
    ana: await signIn(ids[0]),
    maya: await signIn(ids[1]),
    sofia: await signIn(ids[2]),
    mayaAtCrm: `${prefix}samaya_crm=${token}`,
  };

  const links = https ? NO_LINKS : await askForLinks(booking.url, databases.booking.ownerUrl, eventId);
  let notification = 1;
  if (!https) {
    await waitUntilTold(databases.booking.ownerUrl, 60);
    const [told] = await rowsOf(databases.crm.ownerUrl, 'select min(id) as id from booking_notifications');
    notification = Number(told?.id);
  }
  const values: Record<string, string> = {
    ...links,
    '/e/[event]': `${eventId}-yin-by-candlelight`,
    '[event]': String(eventId),
    '[facilitator]': '1',
    '[person]': String(ids[0]?.id),
    '[booking]': String(booked?.id),
    '/n/[id]': String(notification),
  };
  return { booking, crm, databases, routes: listRoutes(values), eventId, cookies };
}

const NO_LINKS = { '/b/[token]': 'none', '/confirm/[token]': 'none', '/reset/[token]': 'none', '[mail]': 'none' };

/** What the mailed links end with, and the id of a mail. */
async function askForLinks(url: string, ownerUrl: string, eventId: number): Promise<Record<string, string>> {
  const visitor = createVisitor();
  const [lea, ben] = ['lea@home.example', 'ben@home.example'];
  await visitor.post(`${url}/e/${eventId}-yin-by-candlelight?/book`, { seats: '1', name: 'Lea Brandt', email: lea });
  await visitor.post(`${url}/sign-up`, { name: 'Ben Okafor', email: ben, password: PASSWORD });
  await visitor.post(`${url}/reset`, { email: 'ana@studio.example' });
  const last = (link: string) => new URL(link).pathname.split('/').at(-1) ?? '';
  const links = {
    '/b/[token]': last(await mailedLink(ownerUrl, lea, '/b/')),
    '/confirm/[token]': last(await mailedLink(ownerUrl, ben, '/confirm/')),
    '/reset/[token]': last(await mailedLink(ownerUrl, 'ana@studio.example', '/reset/')),
  };
  const [mail] = await rowsOf(ownerUrl, "select id from local_mailbox where recipient = 'lea@home.example'");
  return { ...links, '[mail]': String(mail?.id) };
}

function listRoutes(values: Readonly<Record<string, string>>): SiteRoute[] {
  const files = (['booking', 'crm'] as const).flatMap((app) =>
    listSourceFiles(ROOT, `apps/${app}/src/routes`).map((path) => ({ app, path })),
  );
  const entries = files.filter(({ path }) => /\/(\+page\.svelte|\+server\.ts)$/.test(path));
  return entries.map(({ app, path }) => {
    const folder = path.slice(`apps/${app}/src/routes`.length, path.lastIndexOf('/'));
    const id = folder.replaceAll(/\/\([^)]+\)/g, '') || '/';
    const isPage = path.endsWith('.svelte');
    const server = `apps/${app}/src/routes${folder}/+page.server.ts`;
    const source = files.some((file) => file.path === server) ? readSource(ROOT, server) : '';
    const takesPosts = !isPage && /export const POST\b/.test(readSource(ROOT, path));
    return { app, id, path: fill(id, values), isPage, takesPosts, actions: actionsIn(source) };
  });
}

/** The longest name that is known gives the value: `/e/[event]` before `[event]`. One that nobody knows is `1`. */
function fill(id: string, values: Readonly<Record<string, string>>): string {
  const names = Object.keys(values).sort((one, other) => other.length - one.length);
  let path = id;
  for (const name of names) path = path.replace(name, name.replace(/\[\w+\]/, values[name] ?? ''));
  return path.replaceAll(/\[\w+\]/g, '1');
}

function actionsIn(source: string): string[] {
  const [, line, block] = /^export const actions[^{=]*= \{(?: (.*) \};$|\n([\s\S]*?)^\};)/m.exec(source) ?? [];
  const names = [...(line ?? block ?? '').matchAll(/^(?: {2})?(?:async )?(\w+)(?=[:(,])/gm)].map(
    ([, name = '']) => name,
  );
  return names.map((name) => (name === 'default' ? '' : name));
}
