import { parseArgs } from 'node:util';
import { ConfigError, readConfig } from '@samaya/platform/config.ts';
import { connect, isDatabaseAway } from '@samaya/platform/database.ts';
import { openDatabases } from '@samaya/platform/embedded-databases.ts';
import { completeConfig } from '@samaya/platform/secrets.ts';
import type { DB } from '#server/database-types.ts';
import { listDead, replayDead } from '#server/notifications/replay-dead.ts';

const USAGE = `Usage: npm run notifications:replay -- [--all | <message id> …]

Lists the notifications to CRM and the mails that were given up: refused for good, or for three days. With --all, or the
ids of some, they are sent again.
`;
const MOST_LISTED = 100;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Something the person at the keyboard can mend. */
class CommandError extends Error {}

try {
  await run();
} catch (error) {
  const isKnown = error instanceof CommandError || error instanceof ConfigError || isDatabaseAway(error);
  if (!isKnown) throw error;
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { all, ids } = readArguments();
  const databases = await openDatabases(completeConfig(readConfig()));
  const database = connect<DB>(databases.booking.appUrl, { applicationName: 'samaya-replay', max: 1 });
  try {
    if (all || ids.length > 0) {
      const count = await replayDead(database.kysely, all ? {} : { ids });
      process.stdout.write(`${count} will be sent again within a second or so of booking running.\n`);
      return;
    }
    const dead = await listDead(database.kysely, { limit: MOST_LISTED });
    for (const { id, destination, kind, booking_id, occurred_at, last_error } of dead) {
      const subject = booking_id === null ? kind : `${kind} of booking ${booking_id}`;
      const reason = last_error ?? 'no reason kept';
      process.stdout.write(`${id}  ${occurred_at.toISOString()}  ${destination.padEnd(4)}  ${subject}: ${reason}\n`);
    }
    if (dead.length === 0) process.stdout.write('No message was given up.\n');
    if (dead.length === MOST_LISTED) process.stdout.write(`These are the oldest ${MOST_LISTED}.\n`);
  } finally {
    await database.close();
    await databases.close();
  }
}

function readArguments(): { all: boolean; ids: string[] } {
  try {
    const { values, positionals } = parseArgs({ options: { all: { type: 'boolean' } }, allowPositionals: true });
    const all = values.all ?? false;
    if (positionals.some((id) => !UUID.test(id)) || (all && positionals.length > 0)) throw new CommandError(USAGE);
    return { all, ids: positionals };
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${(error as Error).message}\n\n${USAGE}`);
  }
}
