import fc from 'fast-check';
import { routeTable as bookingRoutes } from '../apps/booking/src/server/api.ts';
import { createTestApp as createBooking } from '../apps/booking/src/server/test-app.ts';
import { routeTable as crmRoutes } from '../apps/crm/src/server/api.ts';
import { bookingMessage, createTestApp as createCrm } from '../apps/crm/src/server/test-app.ts';
import { createAnswerCheck, type DescribedApi, readDocument } from './described-api.ts';

const SECRET = 'a secret of the two applications';
const ZONES = ['UTC', 'Europe/Lisbon', 'America/Argentina/Buenos_Aires', 'Asia/Kolkata', 'Pacific/Kiritimati'];

/** Mostly a row that is there, sometimes any number. */
const idsOf = (rows: number[]) =>
  fc.oneof({ arbitrary: fc.constantFrom(...rows), weight: 4 }, fc.integer({ min: 1, max: 2_147_483_647 }));

/** Both applications on fresh databases, with rows to ask for; hashing costs nothing here. */
export async function createDescribedApps() {
  const booking = await createBooking({ CRM_CLIENT_SECRET: SECRET });
  booking.app.passwords = {
    hash: async (password) => `quick ${password}`,
    verify: async (password, kept) => kept === `quick ${password}`,
    isWeak: () => false,
  };
  const { facilitatorId } = await booking.addFacilitator();
  const others = await Promise.all([booking.addFacilitator(), booking.addFacilitator()]);
  const facilitators = [facilitatorId, ...others.map((one) => one.facilitatorId)];
  const events: number[] = [];
  for (const places of [0, 1, 3, 50, 1000, 100_000]) {
    events.push(await booking.addEvent({ facilitator_id: facilitatorId, max_participants: places }));
  }
  // A facilitator too, so that leaving out whose event it is means their own.
  const addAdmin = async () => {
    const { id } = await booking.addFacilitator();
    await booking.db.updateTable('users').set({ is_admin: true }).where('id', '=', id).execute();
    return id;
  };
  const admin = await addAdmin();
  const bookings: number[] = [];
  for (const event_id of events.slice(3)) {
    const row = { event_id, user_id: admin };
    bookings.push((await booking.db.insertInto('bookings').values(row).returning('id').executeTakeFirstOrThrow()).id);
  }
  const crm = await createCrm();
  await crm.deliver(Array.from({ length: 8 }, (_, index) => bookingMessage({ booking_id: index + 1 })));
  const notifications = (await crm.app.db.selectFrom('booking_notifications').select('id').execute()).map(
    ({ id }) => id,
  );

  const bookingApi: DescribedApi = {
    name: 'booking',
    api: booking.api,
    routes: bookingRoutes(booking.app),
    ...(await described(booking.api)),
    rows: { facilitators, events, bookings },
    special: {
      time_zone: fc.constantFrom(...ZONES),
      facilitator_id: fc.constantFrom(...facilitators),
      event_id: idsOf(events),
      // Of any kind, but none that is tried first.
      password: fc
        .string({ unit: 'grapheme', maxLength: 20 })
        .map((text) => `calm river ${text.slice(0, 100)}`.toWellFormed().replaceAll('\0', '')),
    },
    async signIn() {
      const { deleted_at } = await booking.db
        .selectFrom('users')
        .select('deleted_at')
        .where('id', '=', admin)
        .executeTakeFirstOrThrow();
      return await booking.signIn(deleted_at ? await addAdmin() : admin);
    },
    secretsOf: (path) =>
      path.startsWith('/api/v1/crm/')
        ? [`whsec_${Buffer.from(SECRET).toString('base64')}`]
        : booking.app.config.notificationSecrets,
  };
  const crmApi: DescribedApi = {
    name: 'CRM',
    api: crm.api,
    routes: crmRoutes(crm.app),
    ...(await described(crm.api)),
    rows: { 'booking-notifications': notifications },
    special: {
      notifications: fc.array(
        fc.record({ booking_id: fc.nat({ max: 50 }), price: fc.nat(), seats: fc.nat() }).map(bookingMessage),
        { minLength: 1, maxLength: 5 },
      ),
    },
    signIn: () => crm.signIn(7),
    secretsOf: () => crm.app.config.notificationSecrets,
  };
  return { booking, crm, apps: [bookingApi, crmApi] };
}

async function described(api: DescribedApi['api']) {
  const { document, described } = await readDocument(api);
  return { document, described, check: createAnswerCheck(document) };
}
