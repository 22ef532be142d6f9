import { freePort } from '@samaya/platform/test-port.ts';
import { createTestApp as createBooking, type TestApp } from '../apps/booking/src/server/test-app.ts';
import { createTestApp as createCrm } from '../apps/crm/src/server/test-app.ts';
import { buildPages } from '../scripts/build.ts';
import { type App, bookingScene, CALLERS, crmScene, PASSWORD, type Scene } from './access-scenes.ts';
import type { TestCrm } from './both-apps.ts';
import { startLyingGoogle } from './lying-google.ts';
import { type RunningApp, startBooking, startCrm, testDataFolder } from './processes.ts';

export const METRICS_TOKEN = 'a-token-for-the-figures-of-tests';
const HOUR_MS = 3_600_000;
const CALLERS_AT_ONCE = 4;

/** Both applications as processes, and hands into their databases. */
export interface AccessStudio {
  urls: Record<App, string>;
  processes: Record<App, RunningApp>;
  booking: TestApp;
  crm: TestCrm;
  /** Somebody of a kind, and what they come upon: all of it new. */
  scene(app: App, caller: string): Promise<Scene>;
}

/** Starts both applications on databases of their own. What booking would tell or mail waits. */
export async function openAccessStudio(): Promise<AccessStudio> {
  await buildPages({ write: () => undefined });
  const settings = { DATA_DIR: testDataFolder(), RATE_LIMITS: 'off' };
  const booking = await createBooking(settings);
  const crm = await createCrm(settings);
  const crmPort = await freePort();
  await booking.db
    .updateTable('outbox_destinations')
    .set({ down_since: new Date(), probe_at: new Date(Date.now() + 24 * HOUR_MS) })
    .execute();
  const { settings: google } = await startLyingGoogle();
  const environment = { METRICS_TOKEN };
  const bookingProcess = await startBooking({
    database: booking,
    otherUrl: `http://localhost:${crmPort}`,
    environment: { ...environment, ...google },
  });
  const crmProcess = await startCrm({
    database: crm.database,
    port: crmPort,
    otherUrl: bookingProcess.url,
    environment,
  });
  const password = await booking.app.passwords.hash(PASSWORD);
  await booking.db
    .updateTable('studio')
    .set({ name: 'Samaya', time_zone: 'UTC', currency: 'EUR', terms: null })
    .execute();
  const maya = await booking.addFacilitator();
  await booking.db.updateTable('users').set({ password }).where('id', '=', maya.id).execute();
  return {
    urls: { booking: bookingProcess.url, crm: crmProcess.url },
    processes: { booking: bookingProcess, crm: crmProcess },
    booking,
    crm,
    scene: async (app, caller) =>
      app === 'booking'
        ? await bookingScene(booking, caller, password)
        : { ...(await crmScene(crm, caller)), people: { maya } },
  };
}

/** Works through the callers of an application, a few at once: more would only wait for each other. */
export async function forEachCaller(app: App, work: (caller: string) => Promise<void>): Promise<void> {
  const left: string[] = [...CALLERS[app]];
  const some = async () => {
    for (let caller = left.shift(); caller !== undefined; caller = left.shift()) await work(caller);
  };
  await Promise.all(Array.from({ length: CALLERS_AT_ONCE }, some));
}
