import type { Page } from 'playwright-core';

/** A page worth looking at: where it is, and who looks. */
export interface Screen {
  name: string;
  app: 'booking' | 'crm';
  /** An account of the demo; nobody signed in when left out. */
  as?: 'ana' | 'maya' | 'admin';
  /** Its address, or how to find it from where the browser is: the start page of the application. */
  path: string | ((page: Page) => Promise<string>);
  /** What to do before the picture is taken. */
  first?: (page: Page) => Promise<void>;
  /** Stands in the README, 1280 wide and light unless it says 390. */
  readme?: 1280 | 390;
}

/** Where the first link leads that matches on the page at `from`. */
function linkOn(from: string, selector: string): (page: Page) => Promise<string> {
  return async (page) => {
    await page.goto(from);
    const href = await page.locator(selector).first().getAttribute('href');
    if (href === null) throw new Error(`${from} has no link ${selector}`);
    return href;
  };
}

// A whole month, whatever day it is.
const NEXT_MONTH = Temporal.Now.plainDateISO().add({ months: 1 }).with({ day: 1 }).toString();

const event = linkOn('/events?available=true', 'main li a[href^="/e/"]');
const fullEvent = linkOn('/events', 'main li:has-text("Full") a[href^="/e/"]');
const booking = linkOn('/bookings', 'main a[href^="/bookings/"]');
const somebody = linkOn('/admin/people', 'main tbody a[href^="/admin/people/"]');
const ownEvent = linkOn('/organise/events', 'main a[href^="/organise/events/"]:not([href$="/new"])');
const below = (path: (page: Page) => Promise<string>, rest: string) => async (page: Page) =>
  `${await path(page)}${rest}`;

export const SCREENS: readonly Screen[] = [
  { name: 'home', app: 'booking', path: '/', readme: 1280 },
  { name: 'events', app: 'booking', path: '/events' },
  { name: 'events-week', app: 'booking', path: '/events?view=week' },
  { name: 'events-month', app: 'booking', path: `/events?view=month&from=${NEXT_MONTH}`, readme: 1280 },
  { name: 'events-filtered', app: 'booking', path: '/events?event_type=session&time_of_day=evening&available=true' },
  { name: 'events-none', app: 'booking', path: '/events?q=nothing+is+called+so' },
  { name: 'event', app: 'booking', path: event, readme: 390 },
  { name: 'event-full', app: 'booking', path: fullEvent },
  {
    name: 'retreat',
    app: 'booking',
    path: linkOn('/events?event_type=retreat', 'main li a[href^="/e/"]'),
    readme: 1280,
  },
  { name: 'event-signed-in', app: 'booking', as: 'ana', path: event },
  { name: 'facilitator', app: 'booking', path: linkOn('/', 'main a[href^="/facilitators/"]') },
  { name: 'sign-in', app: 'booking', path: '/sign-in' },
  {
    name: 'demo-google',
    app: 'booking',
    path: '/sign-in',
    async first(page) {
      await page.getByRole('button', { name: 'Continue with Google' }).click();
      await page.waitForURL('**/dev/google/*');
    },
  },
  { name: 'account-google', app: 'booking', as: 'ana', path: '/account/google' },
  { name: 'sign-up', app: 'booking', path: '/sign-up' },
  {
    name: 'sign-up-faults',
    app: 'booking',
    path: '/sign-up',
    async first(page) {
      await page.locator('main form button').first().click();
      await page.waitForLoadState();
    },
  },
  {
    name: 'sign-up-sent',
    app: 'booking',
    path: '/sign-up',
    async first(page) {
      await page.getByLabel('Name').fill('Lea Brandt');
      await page.getByLabel('E-mail').fill('lea@example.org');
      await page.getByLabel('Password').fill('quiet mornings');
      await page.locator('main form button').first().click();
      await page.waitForURL('**/sign-up/sent');
    },
  },
  {
    name: 'booked',
    app: 'booking',
    path: event,
    async first(page) {
      await page.getByLabel('Name').fill('Gus Vega');
      await page.getByLabel('E-mail').fill('gus@example.org');
      await page.getByLabel('E-mail').press('Enter');
      await page.waitForURL('**/booked?*');
    },
  },
  { name: 'reset', app: 'booking', path: '/reset' },
  { name: 'bookings', app: 'booking', as: 'ana', path: '/bookings', readme: 390 },
  { name: 'booking', app: 'booking', as: 'ana', path: booking },
  { name: 'booking-cancel', app: 'booking', as: 'ana', path: below(booking, '/cancel') },
  { name: 'account', app: 'booking', as: 'ana', path: '/account' },
  { name: 'account-password', app: 'booking', as: 'ana', path: '/account/password' },
  { name: 'account-address', app: 'booking', as: 'ana', path: '/account/address' },
  { name: 'account-sign-ins', app: 'booking', as: 'ana', path: '/account/sign-ins' },
  { name: 'account-two-step', app: 'booking', as: 'ana', path: '/account/two-step' },
  { name: 'account-passkeys', app: 'booking', as: 'ana', path: '/account/passkeys' },
  { name: 'account-tokens', app: 'booking', as: 'ana', path: '/account/tokens' },
  { name: 'account-export', app: 'booking', as: 'ana', path: '/account/export' },
  { name: 'account-delete', app: 'booking', as: 'ana', path: '/account/delete' },
  { name: 'forbidden', app: 'booking', as: 'ana', path: '/organise' },
  { name: 'not-found', app: 'booking', path: '/nothing-here' },
  { name: 'organise-today', app: 'booking', as: 'maya', path: '/organise' },
  { name: 'organise-events', app: 'booking', as: 'maya', path: '/organise/events' },
  { name: 'organise-new', app: 'booking', as: 'maya', path: '/organise/events/new', readme: 1280 },
  { name: 'organise-event', app: 'booking', as: 'maya', path: ownEvent },
  { name: 'organise-edit', app: 'booking', as: 'maya', path: below(ownEvent, '/edit') },
  { name: 'organise-roster', app: 'booking', as: 'maya', path: below(ownEvent, '/roster'), readme: 1280 },
  { name: 'organise-cancel', app: 'booking', as: 'maya', path: below(ownEvent, '/cancel') },
  { name: 'organise-import', app: 'booking', as: 'maya', path: '/organise/import' },
  { name: 'organise-assistants', app: 'booking', as: 'maya', path: '/organise/assistants' },
  { name: 'organise-settings', app: 'booking', as: 'admin', path: '/organise/settings' },
  { name: 'admin-facilitators', app: 'booking', as: 'admin', path: '/admin/facilitators' },
  { name: 'admin-people', app: 'booking', as: 'admin', path: '/admin/people' },
  { name: 'admin-person', app: 'booking', as: 'admin', path: somebody },
  { name: 'admin-disable', app: 'booking', as: 'admin', path: below(somebody, '/disable') },
  { name: 'admin-roles', app: 'booking', as: 'admin', path: '/admin/roles' },
  { name: 'admin-audit', app: 'booking', as: 'admin', path: '/admin/audit' },
  { name: 'admin-messages', app: 'booking', as: 'admin', path: '/admin/messages' },
  { name: 'admin-messages-crm', app: 'booking', as: 'admin', path: '/admin/messages?part=crm' },
  { name: 'mailbox', app: 'booking', path: '/dev/inbox' },
  { name: 'inbox', app: 'crm', as: 'maya', path: '/', readme: 1280 },
  { name: 'inbox-processed', app: 'crm', as: 'maya', path: '/?view=processed' },
  { name: 'notification', app: 'crm', as: 'maya', path: linkOn('/', 'main li a[href*="/n/"]'), readme: 390 },
];
