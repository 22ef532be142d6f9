import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { freePort } from '@samaya/platform/test-port.ts';
import { waitUntilTold } from './both-databases.ts';
import { startBooking, startCrm } from './processes.ts';

const README = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

/** The README's shell lines as they stand, at the ports of this test: those of who books, and those of who is told. */
function journey(ports: { booking: number; crm: number }): string[] {
  const block = README.match(/```sh\n([\s\S]*?)```/)?.[1] ?? '';
  assert.ok(block.includes('curl'), 'the README has its shell journey');
  return block
    .replaceAll('localhost:3000', `localhost:${ports.booking}`)
    .replaceAll('localhost:3001', `localhost:${ports.crm}`)
    .split(/(?=# Maya teaches it)/);
}

test("the README's journey works as written, from signing up to a notification marked processed", async () => {
  const ports = { booking: await freePort(), crm: await freePort() };
  const environment = { DEMO: '1' };
  await startCrm({
    database: await createTestDatabase('crm'),
    port: ports.crm,
    otherUrl: `http://localhost:${ports.booking}`,
    environment,
  });
  const database = await createTestDatabase('booking');
  await startBooking({
    database,
    port: ports.booking,
    otherUrl: `http://localhost:${ports.crm}`,
    environment,
  });

  let stdout = '';
  const parts = journey(ports);
  assert.equal(parts.length, 2);
  for (const part of parts) {
    // What the demo has to tell has arrived before, and the booking by the time that its facilitator looks.
    assert.equal(await waitUntilTold(database.ownerUrl, 60), 0);
    stdout += (await promisify(execFile)('sh', ['-eu', '-c', part], { timeout: 120_000 })).stdout;
  }
  // One JSON document follows another without a line between them.
  const answers = stdout
    .replaceAll('}{', '}\n{')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  const [user, events, booked, inbox, processed] = answers;
  assert.equal(answers.length, 5, stdout);
  assert.equal(user.email, 'lea@example.org');
  assert.match(events.items[0].title, /yin/i);
  assert.equal(booked.event_id, events.items[0].id);
  assert.equal(booked.status, 'confirmed');
  assert.equal(inbox.items[0].booking_id, booked.id);
  assert.equal(inbox.items[0].user_email, 'lea@example.org');
  assert.equal(inbox.items[0].event_title, events.items[0].title);
  assert.deepEqual([processed.id, processed.processed], [inbox.items[0].id, true]);
});
