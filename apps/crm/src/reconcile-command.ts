import { machineClock } from '@samaya/platform/clock.ts';
import { ConfigError, readConfig } from '@samaya/platform/config.ts';
import { connect, isDatabaseAway } from '@samaya/platform/database.ts';
import { DomainError } from '@samaya/platform/domain-error.ts';
import { openDatabases } from '@samaya/platform/embedded-databases.ts';
import { createLog } from '@samaya/platform/log.ts';
import { completeConfig } from '@samaya/platform/secrets.ts';
import type { DB } from '#server/database-types.ts';
import { createAskBooking } from '#server/notifications/ask-booking.ts';
import { reconcileNotifications } from '#server/notifications/reconcile-notifications.ts';
import type { Reconciliation } from '#server/notifications/reconciliation.ts';

const USAGE = `Usage: npm run reconcile

Compares what CRM knows of every booking with what booking says, and takes in what is missing. Booking must be running.
`;

/** Something the person at the keyboard can mend. */
class CommandError extends Error {}

try {
  if (process.argv.length > 2) throw new CommandError(USAGE);
  await run();
} catch (error) {
  const isKnown = [CommandError, ConfigError, DomainError].some((kind) => error instanceof kind);
  if (!isKnown && !isDatabaseAway(error)) throw error;
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const config = completeConfig(readConfig());
  const databases = await openDatabases(config);
  const database = connect<DB>(databases.crm.appUrl, { applicationName: 'samaya-reconcile', max: 2 });
  try {
    // What it found is said below, to whom it may concern.
    const log = createLog('crm', { write: () => undefined });
    const booking = createAskBooking(config, { clock: machineClock });
    const found = await reconcileNotifications({ db: database.kysely, booking, log }, machineClock());
    if (!found) throw new CommandError('CRM is comparing itself with booking at this moment. Try again in a minute.');
    process.stdout.write(describe(found));
    if (found.unhealed > 0) process.exitCode = 1;
  } finally {
    await database.close();
    await databases.close();
  }
}

function describe({ compared, healed, waiting, unhealed, extra, ahead }: Reconciliation): string {
  const lines = [`${compared} bookings compared.`];
  if (healed > 0) lines.push(`Of ${healed} the newest notification was missing or different; it is there now.`);
  if (waiting > 0) lines.push(`Of ${waiting} it is on its way.`);
  if (unhealed > 0) {
    lines.push(`Of ${unhealed} it is missing and could not be had: see npm run notifications:replay for reasons.`);
  }
  if (extra > 0) lines.push(`${extra} bookings are known to CRM alone; their notifications stay.`);
  if (ahead > 0) lines.push(`${ahead} are known to CRM in a newer version than booking has; see docs/operating.md.`);
  if (healed + waiting + unhealed + extra + ahead === 0) lines.push('CRM knows them all as booking does.');
  return `${lines.join('\n')}\n`;
}
