import type { Metrics } from '@samaya/platform/metrics.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { findLastReconciliation } from './reconciliation-queries.ts';

type Last = NonNullable<Awaited<ReturnType<typeof findLastReconciliation>>>;

/** Registers what comparisons with booking found: by any process, and by command. Nothing is said before the first. */
export function measureReconciliation(metrics: Metrics, db: Kysely<DB>): void {
  const gauge = (name: string, help: string, pick: (last: Last) => number) =>
    metrics.gauge(name, help, () =>
      findLastReconciliation(db).then(
        (last) => (last ? pick(last) : Number.NaN),
        () => Number.NaN,
      ),
    );
  gauge('reconciliation_finished_timestamp_seconds', 'When CRM last compared itself with booking.', (last) =>
    Math.round(last.finishedAt.getTime() / 1000),
  );
  gauge(
    'reconciliation_healed_total',
    'Bookings whose newest notification was lacking, ever. None should be.',
    (last) => last.healedEver,
  );
  gauge(
    'reconciliation_unhealed',
    'Bookings whose newest notification was lacking and could not be had, the last time.',
    (last) => last.unhealed,
  );
  gauge(
    'reconciliation_strangers',
    'Bookings that are known here and not at booking, or not so new, the last time.',
    (last) => last.extra + last.ahead,
  );
}
