import { setTimeout as sleep } from 'node:timers/promises';
import { bookingMessage } from '../apps/crm/src/server/test-app.ts';
import { type AccessRoute, addressOf, nameOf } from './access-routes.ts';
import { type App, PASSWORD, type Scene } from './access-scenes.ts';
import type { AccessStudio } from './access-studio.ts';

const HOUR_MS = 3_600_000;
const MOST_TRIES = 10;
const AGAIN_MS = 500;

const inTwoDays = () => new Date(Date.now() + 48 * HOUR_MS).toISOString();

/** Sound bodies of the API. A route that takes one and is not here has nothing to be tried with. */
export const BODIES: Record<App, Record<string, (scene: Scene) => Record<string, unknown>>> = {
  booking: {
    'POST /api/v1/users': () => ({
      name: 'Lea Brandt',
      email: `lea.${crypto.randomUUID()}@home.example`,
      password: PASSWORD,
    }),
    'POST /api/v1/sessions': ({ people }) => ({ email: people.user?.email, password: PASSWORD }),
    'PATCH /api/v1/me': () => ({ name: 'Ana B.' }),
    'POST /api/v1/facilitators': () => ({ name: 'Noah', email: `noah.${crypto.randomUUID()}@home.example` }),
    'PATCH /api/v1/facilitators/{id}': () => ({ bio: 'Walks everywhere.' }),
    'POST /api/v1/events': ({ ids }) => ({
      ...{ title: 'Yin by candlelight', description: '', event_type: 'session', date_time: inTwoDays() },
      ...{ duration: 60, max_participants: 5, price: 10, facilitator_id: ids.facilitator },
    }),
    'PATCH /api/v1/events/{id}': () => ({ title: 'Yin at noon' }),
    'PATCH /api/v1/events/{closed}': () => ({ title: 'Yin at noon' }),
    'POST /api/v1/bookings': ({ ids }) => ({ event_id: ids.event }),
    'POST /api/v1/crm/sign-ins': ({ people }) => ({ email: people.user?.email, password: PASSWORD }),
  },
  crm: {
    'POST /api/v1/sessions': ({ people }) => ({ email: people.maya?.email, password: PASSWORD }),
    'POST /api/v1/booking-notifications': () => ({ notifications: [bookingMessage()] }),
    'PATCH /api/v1/booking-notifications/{id}': () => ({ processed: true }),
    'POST /api/v1/booking-notifications/process': ({ ids }) => ({ ids: [ids.notification], processed: true }),
  },
};

const eventForm = ({ ids }: Scene) => ({
  ...{ title: 'Yin by candlelight', event_type: 'session', date: '2031-05-06', time: '10:00', duration: '1 h' },
  ...{ places: '5', price: '10', facilitator_id: String(ids.facilitator), description: 'Long, quiet holds.' },
  ...{ summary: '', place: '', practice: '', level: '', time_zone: 'Europe/Lisbon', currency: 'EUR', open: 'on' },
});
const facilitatorForm = () => ({
  ...{ name: 'Noah', email: `noah.${crypto.randomUUID()}@home.example`, specialties: '', bio: '' },
});
const schedule = ({ people }: Scene) =>
  'title,date_time,duration,max_participants,price,facilitator_email\n' +
  `Sound bath,2031-06-01 18:00,60,12,15,${people.facilitator?.email}\n`;

/** Sound forms of the pages; a form that is not here is sent empty. */
export const FORMS: Record<App, Record<string, (scene: Scene) => Record<string, string>>> = {
  booking: {
    'POST /account?/name': () => ({ name: 'Ana B.' }),
    'POST /account/address': () => ({ email: `new.${crypto.randomUUID()}@home.example`, password: PASSWORD }),
    'POST /account/delete': () => ({ password: PASSWORD }),
    'POST /account/google?/connect': () => ({ password: PASSWORD }),
    'POST /account/google?/disconnect': () => ({ password: PASSWORD }),
    'POST /account/passkeys': () => ({ name: 'Phone', password: PASSWORD }),
    'POST /account/passkeys/[passkey]?/rename': () => ({ name: 'Old phone' }),
    'POST /account/passkeys/[passkey]?/remove': () => ({ password: PASSWORD }),
    'POST /account/two-step?/begin': () => ({ password: PASSWORD }),
    'POST /account/password?/change': () => ({ current: PASSWORD, password: `${PASSWORD} again` }),
    'POST /account/sign-ins?/end': ({ ids }) => ({ sign_in: String(ids.signIn) }),
    'POST /account/tokens?/end': ({ ids }) => ({ token: String(ids.access) }),
    'POST /account/tokens?/make': () => ({ name: 'Calendar', days: '30', password: PASSWORD }),
    'POST /address/[token]': () => ({ password: PASSWORD }),
    'POST /admin/facilitators/[facilitator]': facilitatorForm,
    'POST /admin/facilitators/new': facilitatorForm,
    'POST /admin/messages': ({ ids }) => ({ id: String(ids.dead) }),
    'POST /admin/people/[person]?/end': ({ ids }) => ({ sign_in: String(ids.personSignIn) }),
    'POST /b/[token]?/claim': () => ({ password: PASSWORD }),
    'POST /confirm/[token]': () => ({ password: PASSWORD }),
    'POST /e/[event]?/book': () => ({ seats: '1', name: 'Lea', email: `lea.${crypto.randomUUID()}@home.example` }),
    'POST /e/[closed]?/book': () => ({ seats: '1', name: 'Lea', email: `lea.${crypto.randomUUID()}@home.example` }),
    'POST /organise/assistants?/add': ({ ids }) => ({
      ...{ email: `lea.${crypto.randomUUID()}@home.example`, facilitator: String(ids.facilitator) },
    }),
    'POST /organise/assistants?/remove': ({ ids }) => ({ assistant: String(ids.assistant) }),
    'POST /organise/events/new?/preview': eventForm,
    'POST /organise/events/new?/save': eventForm,
    'POST /organise/events/[event]/edit?/preview': eventForm,
    'POST /organise/events/[event]/edit?/save': eventForm,
    'POST /organise/events/[event]/roster?/mark': ({ ids }) => ({ mark: `attended.${ids.begunBooking}` }),
    'POST /organise/events/[event]/roster?/takeBack': ({ ids }) => ({ ids: String(ids.begunBooking) }),
    'POST /organise/events/[event]/roster?/add': () => ({
      ...{ name: 'Lea', email: `lea.${crypto.randomUUID()}@home.example`, places: '1' },
    }),
    'POST /organise/import?/check': (scene) => ({ paste: schedule(scene), zone: 'Europe/Lisbon', mapping: '' }),
    'POST /organise/import?/apply': (scene) => ({
      ...{ bytes: Buffer.from(schedule(scene)).toString('base64'), file: 'schedule.csv' },
      ...{ zone: 'Europe/Lisbon', mapping: '' },
    }),
    'POST /organise/settings': () => ({ name: 'Samaya', timeZone: 'UTC', currency: 'EUR', terms: '' }),
    'POST /reset': ({ people }) => ({ email: String(people.user?.email) }),
    'POST /reset/[token]': () => ({ password: `${PASSWORD} again` }),
    'POST /sign-in': ({ people }) => ({ email: String(people.user?.email), password: PASSWORD }),
    'POST /sign-up': () => ({ name: 'Lea', email: `lea.${crypto.randomUUID()}@home.example`, password: PASSWORD }),
  },
  crm: {
    'POST /mark': ({ ids }) => ({ mark: `done.${ids.notification}`, back: '/' }),
  },
};

/** What a page reads from a cookie beside who is signed in. */
const NOTES: Record<string, (scene: Scene) => string> = {
  '/sign-up/sent': ({ ids }) => `samaya_sign_up=${ids.signUpNote}`,
};

export interface Sending {
  ids?: Record<string, number | string>;
  /** Instead of the sound body or form. */
  body?: Record<string, unknown> | undefined;
  form?: Record<string, string> | undefined;
  /** What the page is made of, which its scripts ask for. */
  dataOnly?: boolean;
  /** Added to the address. */
  query?: Record<string, string>;
}

export interface Answered {
  status: number;
  location: string | null;
  headers: Headers;
  text: string;
}

/** Sends a sound request as the caller of the scene would; again while the machine is too busy to answer. */
export async function send(
  studio: Pick<AccessStudio, 'urls'>,
  route: AccessRoute,
  scene: Scene,
  sending: Sending = {},
): Promise<Answered> {
  for (let tries = 1; ; tries++) {
    const answered = await sendOnce(studio, route, scene, sending);
    if (answered.status !== 503 || tries === MOST_TRIES) return answered;
    await sleep(AGAIN_MS);
  }
}

async function sendOnce(
  studio: Pick<AccessStudio, 'urls'>,
  route: AccessRoute,
  scene: Scene,
  sending: Sending,
): Promise<Answered> {
  const origin = studio.urls[route.app];
  const url = new URL(addressOf(route, scene, sending.ids), origin);
  if (sending.dataOnly) url.pathname = `${url.pathname.replace(/\/$/, '')}/__data.json`;
  for (const [name, value] of Object.entries(sending.query ?? {})) url.searchParams.append(name, value);
  const name = nameOf(route);
  const headers: Record<string, string> = {};
  let body: string | URLSearchParams | undefined;
  if (route.kind !== 'pages' && scene.bearer !== undefined) headers.authorization = `Bearer ${scene.bearer}`;
  const isLook = route.method === 'GET' || route.method === 'HEAD';
  if (route.kind === 'api') {
    const sound = sending.body ?? BODIES[route.app][name]?.(scene);
    if (sound !== undefined && !isLook) {
      body = JSON.stringify(sound);
      headers['content-type'] = 'application/json';
    }
  } else {
    const secret =
      scene.secret === undefined ? [] : [`samaya${route.app === 'crm' ? '_crm' : '_booking'}=${scene.secret}`];
    const cookies = [...secret, NOTES[route.path]?.(scene) ?? []].flat();
    if (cookies.length > 0) headers.cookie = cookies.join('; ');
    Object.assign(headers, { accept: 'text/html', origin, 'sec-fetch-site': 'same-origin' });
    if (!isLook) body = new URLSearchParams(sending.form ?? FORMS[route.app][name]?.(scene) ?? {});
  }
  const leave = new AbortController();
  const answer = await fetch(url, {
    ...{ method: route.method, headers, redirect: 'manual', signal: leave.signal },
    ...(body !== undefined && { body }),
  });
  const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const text = isStream ? '' : await answer.text();
  if (isStream) leave.abort();
  return { status: answer.status, location: answer.headers.get('location'), headers: answer.headers, text };
}
