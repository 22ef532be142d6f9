import type { Clock } from '@samaya/platform/clock.ts';
import type { Log } from '@samaya/platform/log.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { CrmError } from '#server/errors.ts';
import type { BookingTruth } from './ask-booking.ts';
import { reconcileNotifications } from './reconcile-notifications.ts';
import { findLastReconciliation } from './reconciliation-queries.ts';

interface Nightly {
  db: Kysely<DB>;
  booking: BookingTruth;
  log: Log;
  config: { studio: { timeZone: string } };
}

const LOOK_MS = 10 * 60_000;
/** When nobody books, in the studio's time. */
const NIGHT_HOUR = 3;

/**
 * Compares with booking once a night, whichever of several processes gets to it first; a night that was missed, or in
 * which booking was away, is made up for as soon as may be. Answers how to stop.
 */
export function startReconcilingNightly(app: Nightly, clock: Clock): () => void {
  let isAtIt = false;
  const timer = setInterval(async () => {
    if (isAtIt) return;
    isAtIt = true;
    await reconcileIfDue(app, clock()).catch((error: unknown) => {
      const isAway = error instanceof CrmError && error.code === 'booking-away';
      app.log.warn({ err: isAway ? error.cause : error }, 'could not compare with booking; it is tried again');
    });
    isAtIt = false;
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** One look at the clock: compares when that was not done since last night's hour. */
export async function reconcileIfDue(app: Nightly, now: Date): Promise<void> {
  const last = await findLastReconciliation(app.db);
  if (isDue(last?.finishedAt, now, app.config.studio.timeZone)) await reconcileNotifications(app, now);
}

export function isDue(lastAt: Date | undefined, now: Date, timeZone: string): boolean {
  if (lastAt === undefined) return true;
  const here = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone);
  const tonight = here
    .toPlainDate()
    .toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from({ hour: NIGHT_HOUR }) });
  const night = Temporal.ZonedDateTime.compare(here, tonight) >= 0 ? tonight : tonight.subtract({ days: 1 });
  return lastAt.getTime() < night.epochMilliseconds;
}
