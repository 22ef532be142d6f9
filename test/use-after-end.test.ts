import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countTries, seedOf } from '@samaya/platform/test-tries.ts';
import fc from 'fast-check';
import { findViolations } from '../apps/booking/src/server/bookings/booking-invariants-queries.ts';
import { createTestApp } from '../apps/booking/src/server/test-app.ts';

const studio = await createTestApp();
const { app, call, db, addPerson, addFacilitator, addEvent } = studio;
app.passwords = {
  hash: async (password) => `quick ${password}`,
  verify: async (password, kept) => kept === `quick ${password}`,
  isWeak: () => false,
};
const PASSWORD = 'calm river 47';

type Step =
  | 'book'
  | 'cancel booking'
  | 'cancel event'
  | 'open event'
  | 'sign out'
  | 'delete account'
  | 'read'
  | 'sign in';
const STEPS: Step[] = [
  'book',
  'cancel booking',
  'cancel event',
  'open event',
  'sign out',
  'delete account',
  'read',
  'sign in',
];
// What ends something comes rarely, or there would be nothing left to ask.
const steps = fc.array(
  fc.oneof(
    { arbitrary: fc.constantFrom(...STEPS), weight: 1 },
    { arbitrary: fc.constantFrom<Step>('book', 'cancel booking', 'read', 'open event'), weight: 2 },
  ),
  { minLength: 5, maxLength: 14 },
);

// Meets what every other order may miss.
const WHOLE_LIFE: Step[] = [
  ...(['book', 'read', 'cancel event', 'open event', 'book', 'cancel booking', 'sign out'] as const),
  ...(['read', 'book', 'sign in', 'delete account', 'sign in', 'read'] as const),
];

/** What should be so by now. */
interface Model {
  eventEnded: boolean;
  accountEnded: boolean;
  signedIn: boolean;
  booked: boolean;
  cancelled: number[];
}

test('FUZZ-03: what was cancelled, ended or deleted does not come back, whatever is asked of it in which order', async (t) => {
  const numRuns = countTries(t, 'FUZZ-03', { short: 15, full: 200 });
  const options = { seed: seedOf(t), numRuns, examples: [[WHOLE_LIFE] satisfies [Step[]]] };
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const maya = await addFacilitator();
      const event = await addEvent({ facilitator_id: maya.facilitatorId });
      const ana = await addPerson({ password: await app.passwords.hash(PASSWORD) });
      const model: Model = { eventEnded: false, accountEnded: false, signedIn: true, booked: false, cancelled: [] };
      let { token } = ana;
      let bookingId = 0;

      const ask: Record<Step, () => Promise<void>> = {
        async book() {
          const { status, body } = await call('POST', '/api/v1/bookings', { token, body: { event_id: event } });
          assert.equal(status, !model.signedIn ? 401 : model.eventEnded || model.booked ? 409 : 201);
          if (status !== 201) return;
          bookingId = body.id;
          model.booked = true;
        },
        async 'cancel booking'() {
          const { status, body } = await call('POST', `/api/v1/bookings/${bookingId}/cancel`, { token });
          if (!model.signedIn) return assert.equal(status, 401);
          assert.equal(status, bookingId === 0 ? 404 : 200);
          if (status !== 200) return;
          assert.match(body.status, /cancelled$/);
          model.booked = false;
          model.cancelled.push(bookingId);
        },
        async 'cancel event'() {
          const { status, body } = await call('POST', `/api/v1/events/${event}/cancel`, { token: maya.token });
          assert.equal(status, 200);
          assert.ok(body.cancelled_at);
          if (model.booked) model.cancelled.push(bookingId);
          model.eventEnded = true;
          model.booked = false;
        },
        async 'open event'() {
          const changed = await call('PATCH', `/api/v1/events/${event}`, {
            token: maya.token,
            body: { is_active: true },
          });
          assert.equal(changed.status, model.eventEnded ? 409 : 200, changed.text);
        },
        async 'sign out'() {
          const { status } = await call('DELETE', '/api/v1/sessions/current', { token });
          assert.equal(status, model.signedIn ? 204 : 401);
          model.signedIn = false;
        },
        async 'sign in'() {
          const { status, body } = await call('POST', '/api/v1/sessions', {
            body: { email: ana.email, password: PASSWORD },
          });
          assert.equal(status, model.accountEnded ? 401 : 201);
          if (status !== 201) return;
          token = body.token;
          model.signedIn = true;
        },
        async 'delete account'() {
          const { status } = await call('DELETE', '/api/v1/me', { token });
          assert.equal(status, model.signedIn ? 204 : 401);
          if (status !== 204) return;
          if (model.booked) model.cancelled.push(bookingId);
          Object.assign(model, { accountEnded: true, signedIn: false, booked: false });
        },
        async read() {
          assert.equal((await call('GET', '/api/v1/me', { token })).status, model.signedIn ? 200 : 401);
          const { body } = await call('GET', `/api/v1/events/${event}`, { token: maya.token });
          assert.deepEqual([body.cancelled_at !== null, body.seats_taken], [model.eventEnded, model.booked ? 1 : 0]);
        },
      };
      for (const step of all) {
        await ask[step]();
        await ask.read();
        seen.add(`${step} ${model.eventEnded} ${model.accountEnded} ${model.signedIn}`);
        if (model.cancelled.length === 0) continue;
        const rows = await db.selectFrom('bookings').select('status').where('id', 'in', model.cancelled).execute();
        const alive = rows.filter(({ status }) => !status.endsWith('cancelled'));
        assert.deepEqual(alive, [], all.join());
      }
    }),
    options,
  );
  assert.ok(seen.size > 12, `${seen.size}`);
  assert.deepEqual(await findViolations(db), []);
});
