import { once } from 'node:events';
import { createServer } from 'node:http';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@samaya/platform/test-port.ts';
import { createTestApp as createBooking, type TestApp } from '../apps/booking/src/server/test-app.ts';
import { createTestApp as createCrm } from '../apps/crm/src/server/test-app.ts';

export type TestCrm = Awaited<ReturnType<typeof createCrm>>;

/** Both applications in this process, each on a port, so that they reach each other as they do in life. */
export interface BothApps {
  booking: TestApp;
  crm: TestCrm;
  /** The settings that both share. */
  settings: Readonly<Record<string, string>>;
  /** Lines of the path and query of each request that CRM sent to booking. */
  asked: string[];
  /** Books people at an event, by the data model's columns alone; answers the bookings' ids. */
  book(eventId: number, people: number): Promise<number[]>;
  /** Lets booking tell what it has to tell, and waits until CRM knows. */
  tell(): Promise<void>;
  /** Booking's relay thinks that CRM is down, so that nothing is told for now. */
  hold(): Promise<void>;
  /** Booking is there, and answers nobody, until the answered function is called. */
  silenceBooking(): () => void;
}

const SECRETS = `whsec_${Buffer.alloc(32, 'b').toString('base64')}`;
const FACTS = { requestId: 'none', network: '127.0.0.1' };
const TOLD_MS = 120_000;

/** Starts both on databases of their own; they end with the test file. */
export async function startBothApps(): Promise<BothApps> {
  const [bookingPort, crmPort] = [await freePort(), await freePort()];
  const settings = {
    RATE_LIMITS: 'off',
    NOTIFICATION_SECRETS: SECRETS,
    BOOKING_PORT: String(bookingPort),
    CRM_PORT: String(crmPort),
  };
  const booking = await createBooking(settings);
  const crm = await createCrm({ ...settings, BOOKING_URL: `http://localhost:${bookingPort}` });
  const asked: string[] = [];
  let isSilent = false;
  let added = 0;
  await listenOn(bookingPort, (request, response) => {
    asked.push(request.url ?? '');
    if (!isSilent) void booking.api.answer(request, response, FACTS);
  });
  await listenOn(crmPort, (request, response) => void crm.api.answer(request, response, FACTS));
  booking.app.relay.start();
  after(() => booking.app.relay.stop());

  return {
    booking,
    crm,
    settings,
    asked,
    async book(eventId, people) {
      const named = Array.from({ length: people }, () => {
        const name = `Booker ${++added}`;
        return { name, email: `booker${added}@home.example`, password: '!' };
      });
      const users = await booking.db.insertInto('users').values(named).returning('id').execute();
      const booked = await booking.db
        .insertInto('bookings')
        .values(users.map((user) => ({ user_id: user.id, event_id: eventId })))
        .returning('id')
        .execute();
      return booked.map(({ id }) => id);
    },
    async tell() {
      await booking.db
        .updateTable('outbox_destinations')
        .set({ down_since: null, probe_at: null, probes: 0 })
        .where('destination', '=', 'crm')
        .execute();
      booking.app.relay.wake();
      const deadline = performance.now() + TOLD_MS;
      while ((await countWaiting(booking)) > 0) {
        if (performance.now() > deadline) throw new Error('booking did not tell everything in time');
        await sleep(10);
      }
    },
    async hold() {
      const later = new Date(Date.now() + 3_600_000);
      await booking.db
        .updateTable('outbox_destinations')
        .set({ down_since: new Date(), probe_at: later })
        .where('destination', '=', 'crm')
        .execute();
    },
    silenceBooking() {
      isSilent = true;
      return () => {
        isSilent = false;
      };
    },
  };
}

async function listenOn(port: number, answer: Parameters<typeof createServer>[1]): Promise<void> {
  const server = createServer(answer).listen(port, '127.0.0.1');
  await once(server, 'listening');
  after(() => {
    server.closeAllConnections();
    server.close();
  });
}

async function countWaiting({ db }: TestApp): Promise<number> {
  const { waiting } = await db
    .selectFrom('outbox')
    .select(({ fn }) => fn.countAll<number>().as('waiting'))
    .where('destination', '=', 'crm')
    .where('delivered_at', 'is', null)
    .executeTakeFirstOrThrow();
  return waiting;
}
