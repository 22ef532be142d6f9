import type { Browser, BrowserContext, Page } from 'playwright-core';
import { rowsOf } from './both-databases.ts';
import { createVisitor, type Visitor } from './page-visitor.ts';
import { PASSWORD, startTwoApps, type TwoApps } from './two-apps.ts';

export const MAYA = 'maya.lind@studio.example';
export const ANA = 'ana@studio.example';
export const NOAH = 'noah@studio.example';
export const SOFIA = 'sofia@studio.example';

/** Both applications with people who organise: Maya and Noah lead, Sofia is an admin, Ana takes part. */
export interface OrganiseStudio extends TwoApps {
  /** Runs a statement on booking's database. */
  sql(statement: string): Promise<Record<string, unknown>[]>;
  /** Adds an event, of Maya's in nine days at 19:30 unless told otherwise; answers its id. */
  plan(event: {
    title: string;
    startsIn?: string;
    places?: number;
    price?: number;
    of?: string;
    isActive?: boolean;
  }): Promise<number>;
  /** Gives somebody places, with an account when they have none yet; answers the booking's id. */
  book(eventId: number, person: { name: string; email: string; seats?: number; status?: string }): Promise<number>;
  /** A browser without a script, signed in. */
  visit(email: string): Promise<Visitor>;
  /** A page of a real browser, signed in. */
  open(
    email: string,
    options?: { javaScriptEnabled?: boolean; width?: number },
  ): Promise<{ page: Page; context: BrowserContext }>;
}

/** Starts both applications for tests of the organisers' pages. */
export async function startOrganiseStudio(browser: Browser): Promise<OrganiseStudio> {
  const apps = await startTwoApps();
  const { booking, databases } = apps;
  const sql = (statement: string) => rowsOf(databases.booking.ownerUrl, statement);
  await sql(`
    insert into users (name, email, password, proven_at, is_admin)
      select v.name, v.email, u.password, now(), v.is_admin
      from users u, (values ('Noah Adeyemi', '${NOAH}', false), ('Sofia Marques', '${SOFIA}', true))
        v (name, email, is_admin)
      where u.email = '${ANA}';
    insert into facilitators (name, email) values ('Noah Adeyemi', '${NOAH}')`);

  return {
    ...apps,
    sql,
    async plan({ title, startsIn, places = 12, price = 15, of = MAYA, isActive = true }) {
      const start = startsIn
        ? `now() + interval '${startsIn}'`
        : "((current_date + 9)::timestamp + interval '19 hours 30 minutes') at time zone 'Europe/Lisbon'";
      const [row] = await sql(
        `insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id,
           practice, place, time_zone, is_active)
         select '${title}', 'Bring a blanket.', 'session', ${start}, 75, ${places}, ${price}, id, 'yin', 'Sala do Rio',
           'Europe/Lisbon', ${isActive}
         from facilitators where email = '${of}' returning id`,
      );
      return Number(row?.id);
    },
    async book(eventId, { name, email, seats = 1, status = 'confirmed' }) {
      await sql(`insert into users (name, email, password) values ('${name}', '${email}', '!') on conflict do nothing`);
      const [row] = await sql(
        `insert into bookings (user_id, event_id, seats, status)
         select id, ${eventId}, ${seats}, '${status}' from users where email = '${email}' returning id`,
      );
      return Number(row?.id);
    },
    async visit(email) {
      const visitor = createVisitor();
      await visitor.post(`${booking.url}/sign-in`, { email, password: PASSWORD });
      return visitor;
    },
    async open(email, { javaScriptEnabled = true, width = 1280 } = {}) {
      const context = await browser.newContext({ javaScriptEnabled, viewport: { width, height: 800 } });
      context.setDefaultTimeout(30_000);
      const page = await context.newPage();
      await page.goto(`${booking.url}/sign-in`);
      await page.getByLabel('E-mail').fill(email);
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page
        .getByRole('button', { name: /\w+ \w+/ })
        .first()
        .waitFor();
      return { page, context };
    },
  };
}
