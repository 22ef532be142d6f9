import { createTestDatabase, type TestDatabase } from '@samaya/platform/test-database.ts';
import { freePort } from '@samaya/platform/test-port.ts';
import pg from 'pg';
import { createPasswords } from '../apps/booking/src/server/accounts/passwords.ts';
import { buildPages } from '../scripts/build.ts';
import { type RunningApp, startBooking, startCrm } from './processes.ts';

export const PASSWORD = 'a-password-for-tests';

/** Both applications on databases with two people: Maya, a facilitator, and Ana, who is none. */
export interface TwoApps {
  booking: RunningApp;
  crm: RunningApp;
  databases: { booking: TestDatabase; crm: TestDatabase };
}

/** Starts both; with `dev` pages come from the sources, else from a build of them as they are now. */
export async function startTwoApps({ dev = false } = {}): Promise<TwoApps> {
  if (!dev) await buildPages({ write: () => undefined });
  const databases = { booking: await createTestDatabase('booking'), crm: await createTestDatabase('crm') };
  await addPeople(databases.booking.ownerUrl);
  const crmPort = await freePort();
  const booking = await startBooking({
    database: databases.booking,
    otherUrl: `http://localhost:${crmPort}`,
    dev,
  });
  const crm = await startCrm({ database: databases.crm, port: crmPort, otherUrl: booking.url, dev });
  return { booking, crm, databases };
}

async function addPeople(ownerUrl: string): Promise<void> {
  const hash = await createPasswords().hash(PASSWORD);
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(
      `insert into users (name, email, password, proven_at)
       values ('Maya Lind', 'maya.lind@studio.example', $1, now()), ('Ana Costa', 'ana@studio.example', $1, now())`,
      [hash],
    );
    await client.query(`insert into facilitators (name, email) values ('Maya Lind', 'maya.lind@studio.example')`);
  } finally {
    await client.end();
  }
}
