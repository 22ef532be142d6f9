import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { startBothApps } from './both-apps.ts';
import { testDataFolder } from './processes.ts';

const COMMAND = join(import.meta.dirname, '../apps/crm/src/reconcile-command.ts');
const both = await startBothApps();

function run(environment: Record<string, string> = {}, ...args: string[]) {
  const { PATH, HOME } = process.env;
  const env = {
    PATH,
    HOME,
    DATA_DIR: testDataFolder(),
    ...both.settings,
    BOOKING_DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
    CRM_DATABASE_URL: both.crm.database.appUrl,
    ...environment,
  };
  return new Promise<{ code: number; out: string; error: string }>((resolve) => {
    execFile(process.execPath, [COMMAND, ...args], { env }, (error, out, complaint) =>
      resolve({ code: Number(error?.code ?? 0), out, error: complaint }),
    );
  });
}

test('says what it compared, and what it brought back', async () => {
  const { facilitatorId } = await both.booking.addFacilitator();
  const [lost = 0] = await both.book(await both.booking.addEvent({ facilitator_id: facilitatorId }), 7);
  await both.tell();
  assert.deepEqual(await run(), {
    code: 0,
    out: '7 bookings compared.\nCRM knows them all as booking does.\n',
    error: '',
  });
  await both.crm.app.db.deleteFrom('booking_notifications').where('booking_id', '=', lost).execute();
  const healed = await run();
  assert.equal(healed.code, 0, healed.error);
  assert.match(
    healed.out,
    /^7 bookings compared\.\nOf 1 the newest notification was missing or different; it is there/,
  );
  assert.match((await run()).out, /CRM knows them all/);
});

test('booking or a database that is away, and words it does not know, are said in a sentence', async () => {
  for (const [environment, ...args] of [
    [{ BOOKING_URL: 'http://127.0.0.1:9' }],
    [{ CRM_DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none' }],
    [{}, '--everything'],
  ] as [Record<string, string>, ...string[]][]) {
    const { code, out, error } = await run(environment, ...args);
    assert.deepEqual([code, out], [1, '']);
    assert.match(error, /^(Booking does not answer|connect ECONNREFUSED|Usage)/);
    assert.doesNotMatch(error, /\n {4}at /);
  }
});
