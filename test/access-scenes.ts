import { randomBytes } from 'node:crypto';
import { createToken } from '@samaya/platform/opaque-token.ts';
import { seal } from '@samaya/platform/sealed-value.ts';
import type { TestApp, TestPerson } from '../apps/booking/src/server/test-app.ts';
import { guestTokenOf, linkTokenOf } from '../apps/booking/src/server/test-mailed-links.ts';
import { signInToPages } from '../apps/crm/src/server/sign-in/page-sign-in.ts';
import { bookingMessage } from '../apps/crm/src/server/test-app.ts';
import type { TestCrm } from './both-apps.ts';

/** Kinds of callers, as the table of docs/access.md explains them. */
export const CALLERS = {
  booking: [
    ...['anonymous', 'unknown', 'expired', 'misplaced', 'disabled', 'unproven'],
    ...['user', 'other', 'assistant', 'facilitator', 'rival', 'admin', 'token', 'booker', 'reader'],
  ],
  crm: ['anonymous', 'unknown', 'expired', 'misplaced', 'facilitator', 'rival'],
} as const;

/** They have a token for the API; at a page it is a cookie of the other kind, as `misplaced` has one. */
export const ONLY_AT_API: ReadonlySet<string> = new Set(['token', 'booker', 'reader']);

export type App = keyof typeof CALLERS;

export const PASSWORD = 'quiet mornings';
const HOUR_MS = 3_600_000;

/** What one caller comes upon. */
export interface Scene {
  caller: string;
  /** What the caller sends with a page: a cookie's secret; and with the API: a bearer. */
  secret: string | undefined;
  bearer: string | undefined;
  /** Every id and link there is, by what it leads to. */
  ids: Record<string, number | string>;
  people: Record<string, TestPerson>;
}

/** Somebody of a kind at booking, and what they come upon. */
export async function bookingScene(booking: TestApp, caller: string, password: string): Promise<Scene> {
  const { db, addPerson, addFacilitator, addEvent } = booking;
  const owner = await addFacilitator();
  const rival = await addFacilitator();
  const [user, other, assistant, admin, somebody] = await Promise.all([
    addPerson({ google_id: `g-${owner.id}` }),
    addPerson(),
    addPerson(),
    addPerson({ is_admin: true }),
    addPerson(),
  ]);
  const [newcomer, forgetful, mover, guest] = await Promise.all([
    addPerson({ proven_at: null, prove_asked_at: new Date() }),
    addPerson({ reset_asked_at: new Date() }),
    addPerson(),
    addPerson({ proven_at: null }),
  ]);
  const people: Record<string, TestPerson> = {
    ...{ facilitator: owner, unproven: owner, token: owner, rival, user, other, assistant, admin },
    ...{ expired: admin, misplaced: admin, disabled: admin, booker: admin, reader: admin },
    ...{ somebody, newcomer, forgetful, mover, guest },
  };
  const withPassword = [owner, rival, user, other, assistant, admin, newcomer, mover].map(({ id }) => id);
  await db.updateTable('users').set({ password }).where('id', 'in', withPassword).execute();
  const asked = { new_email: `new.${mover.email}`, new_email_asked_at: new Date() };
  await db.updateTable('users').set(asked).where('id', '=', mover.id).execute();
  if (caller === 'unproven')
    await db.updateTable('users').set({ proven_at: null }).where('id', '=', owner.id).execute();

  const lead = { facilitator_id: owner.facilitatorId };
  const [event, closed, visited, begun, foreign] = await Promise.all([
    addEvent(lead),
    addEvent({ ...lead, title: `Closed of ${owner.id}`, is_active: false }),
    addEvent(lead),
    addEvent({ ...lead, date_time: new Date(Date.now() - HOUR_MS) }),
    addEvent({ facilitator_id: rival.facilitatorId }),
  ]);
  const book = async (user_id: number, event_id: number) =>
    (await db.insertInto('bookings').values({ user_id, event_id }).returning('id').executeTakeFirstOrThrow()).id;
  const booked = await book(user.id, visited);
  const begunBooking = await book(user.id, begun);
  const foreignBooking = await book(other.id, foreign);
  await book(guest.id, visited);
  const mail = await db
    .insertInto('local_mailbox')
    .values({
      ...{
        id: crypto.randomUUID(),
        recipient: user.email,
        subject: 'You are in',
        text: 'See you.',
        html: '<p>See you.',
      },
      calendar: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const dead = await db
    .insertInto('outbox')
    .values({ destination: 'mail', kind: 'address.prove', user_id: somebody.id, dead_at: new Date(), last_error: 'no' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const signIn = await db.selectFrom('sign_ins').select('id').where('user_id', '=', user.id).executeTakeFirstOrThrow();
  const passkey = await db
    .insertInto('passkeys')
    .values({
      ...{ user_id: user.id, credential_id: randomBytes(16), public_key: randomBytes(16) },
      ...{ counter: 0, name: 'Phone' },
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const personSignIn = await db
    .selectFrom('sign_ins')
    .select('id')
    .where('user_id', '=', somebody.id)
    .executeTakeFirstOrThrow();
  const assists = await db
    .insertInto('assistants')
    .values({ facilitator_id: owner.facilitatorId, email: assistant.email })
    .returning('id')
    .executeTakeFirstOrThrow();
  const access = await addAccessToken(booking, user.id, ['read']);
  const keys = booking.app.config.cookieKeys;
  const note = (purpose: string, said: object) => seal({ at: Date.now(), note: said }, keys, purpose);
  return {
    caller,
    ...(await secretsOf(booking, caller, people[caller])),
    people,
    ids: {
      ...{ event, closed, visited, begun, foreign, booked, begunBooking, foreignBooking },
      ...{ eventPage: `${event}-yin-by-candlelight`, closedPage: `${closed}-closed-of-${owner.id}` },
      ...{ facilitator: owner.facilitatorId, rival: rival.facilitatorId },
      ...{
        person: somebody.id,
        signIn: signIn.id,
        personSignIn: personSignIn.id,
        passkey: passkey.id,
        assistant: assists.id,
        access: access.id,
        mail: mail.id,
        dead: dead.id,
      },
      guestToken: await guestTokenOf(booking, guest.email),
      proveToken: await linkTokenOf(booking, 'prove', newcomer.email),
      resetToken: await linkTokenOf(booking, 'reset', forgetful.email),
      addressToken: await linkTokenOf(booking, 'address', mover.email),
      file: 'everything.json',
      interaction: 'none',
      bookedNote: note('booked', { eventId: event, email: user.email }),
      resetNote: note('reset sent', { email: user.email }),
      addressNote: note('address sent', { email: user.email }),
      signUpNote: seal({ email: newcomer.email, madeId: String(newcomer.id).padStart(10, '0') }, keys, 'sign-up'),
    },
  };
}

/** A token that a person made for a program of theirs. */
async function addAccessToken({ db }: TestApp, user_id: number, scopes: string[]) {
  const { token, hash } = createToken();
  const expires_at = new Date(Date.now() + 24 * HOUR_MS);
  const { id } = await db
    .insertInto('sign_ins')
    .values({ secret_hash: hash, kind: 'api', user_id, expires_at, name: 'A program', scopes })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { id, token };
}

const SCOPES_OF: Readonly<Record<string, string[]>> = {
  token: ['read', 'book', 'organise'],
  booker: ['read', 'book'],
  reader: ['read'],
};

async function secretsOf(
  booking: TestApp,
  caller: string,
  person: TestPerson | undefined,
): Promise<Pick<Scene, 'secret' | 'bearer'>> {
  const { db, signIn } = booking;
  if (!person) {
    // Of the right form, and nobody's.
    const made = caller === 'unknown' ? Buffer.alloc(32, 'u').toString('base64url') : undefined;
    return { secret: made, bearer: made };
  }
  const scopes = SCOPES_OF[caller];
  if (scopes) {
    const { token } = await addAccessToken(booking, person.id, scopes);
    return { secret: token, bearer: token };
  }
  const secret = await signIn(person.id, 'page');
  if (caller === 'expired') {
    const expires_at = new Date(Date.now() - HOUR_MS);
    await db.updateTable('sign_ins').set({ expires_at }).where('user_id', '=', person.id).execute();
  }
  if (caller === 'disabled') {
    await db.updateTable('users').set({ disabled_at: new Date() }).where('id', '=', person.id).execute();
  }
  return caller === 'misplaced' ? { secret: person.token, bearer: secret } : { secret, bearer: person.token };
}

let streams = 0;

/** Somebody of a kind at CRM, with a notification of their own and another's. */
export async function crmScene(crm: TestCrm, caller: string): Promise<Omit<Scene, 'people'>> {
  const [own, other] = [++streams, ++streams];
  const about = (n: number) => ({
    ...{ facilitator_id: n, booking_id: n, user_id: n },
    ...{ user_name: `Booker ${n}`, user_email: `booker${n}@home.example` },
  });
  await crm.deliver([bookingMessage(about(own)), bookingMessage(about(other))]);
  const idOf = async (facilitatorId: number) =>
    (
      await crm.app.db
        .selectFrom('booking_notifications')
        .select('id')
        .where('facilitator_id', '=', facilitatorId)
        .executeTakeFirstOrThrow()
    ).id;
  return {
    caller,
    ...(await crmSecretsOf(crm, caller, caller === 'rival' ? other : own)),
    ids: { notification: await idOf(own), rivals: await idOf(other), own, other },
  };
}

async function crmSecretsOf(
  crm: TestCrm,
  caller: string,
  facilitatorId: number,
): Promise<Pick<Scene, 'secret' | 'bearer'>> {
  if (caller === 'anonymous') return { secret: undefined, bearer: undefined };
  const facilitator = { id: facilitatorId, name: 'Maya Lind' };
  const person = {
    userId: facilitatorId,
    name: 'Maya Lind',
    email: 'maya@studio.example',
    facilitator,
    begunAt: new Date(),
  };
  const secret = await signInToPages(crm.app.db, person);
  const bearer = await crm.signIn(facilitatorId);
  if (caller === 'unknown') return { secret: secret.toUpperCase(), bearer: bearer.toUpperCase() };
  if (caller === 'expired') {
    const expires_at = new Date(Date.now() - HOUR_MS);
    await crm.app.db.updateTable('sign_ins').set({ expires_at }).where('facilitator_id', '=', facilitatorId).execute();
  }
  return caller === 'misplaced' ? { secret: bearer, bearer: secret } : { secret, bearer };
}
