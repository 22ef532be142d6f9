import { findViolations } from '../apps/booking/src/server/bookings/booking-invariants-queries.ts';
import { readDigest } from '../apps/booking/src/server/notifications/read-digest.ts';
import { readNewest } from '../apps/booking/src/server/notifications/read-newest.ts';
import type { BookingTruth } from '../apps/crm/src/server/notifications/ask-booking.ts';
import { compareWithBooking } from '../apps/crm/src/server/notifications/compare-with-booking.ts';
import type { Open } from './doctor-databases.ts';
import { counted, type Finding, ok, wrong } from './doctor-finding.ts';

const MOST_SHOWN = 3;
const SEE = 'keep the log and the rows as they are and see "What the doctor finds" in docs/operating.md';

/** What must hold inside booking's database, whoever writes. */
export async function checkInvariants({ booking }: Open): Promise<Finding[]> {
  const violations = await findViolations(booking.kysely);
  if (violations.length === 0) return [ok('the invariants of booking hold')];
  return violations.map(({ invariant, rows }) => {
    const shown = rows.slice(0, MOST_SHOWN).map((row) => JSON.stringify(row));
    return wrong(`not so in ${counted(rows.length, 'row')}: ${invariant} (${shown.join(', ')})`, SEE);
  });
}

/** Whether CRM knows every booking as booking does; both databases are asked, the applications need not run. */
export async function checkAgreement({ booking, crm }: Open): Promise<Finding[]> {
  const truth: BookingTruth = {
    digest: ({ after, facilitatorId }) => readDigest(booking.kysely, { after, facilitatorId }),
    newest: ({ after, to, facilitatorId }) => readNewest(booking.kysely, { after, to, facilitatorId }),
  };
  const found = await compareWithBooking({ db: crm.kysely, booking: truth, heal: async () => 0 });
  const findings: Finding[] = [];
  if (found.unhealed > 0) {
    findings.push(
      wrong(`CRM lacks the newest state of ${counted(found.unhealed, 'booking')}`, 'npm run reconcile brings it back'),
    );
  }
  if (found.ahead > 0) {
    findings.push(wrong(`CRM knows a newer version of ${counted(found.ahead, 'booking')} than booking has`, SEE));
  }
  if (findings.length > 0) return findings;
  const waiting = found.waiting > 0 ? `, ${found.waiting} of them on their way` : '';
  const extra = found.extra > 0 ? `; ${counted(found.extra, 'other')} in CRM came from elsewhere` : '';
  return [ok(`CRM agrees with booking about ${counted(found.compared, 'booking')}${waiting}${extra}`)];
}

/** One row in CRM per message, however often it arrives. */
export async function checkMessages({ crm }: Open): Promise<Finding> {
  const { rows } = await crm.pool.query<{ twice: number; is_unique: boolean }>(`
    select (select count(*)::integer from (
             select message_id from booking_notifications group by message_id having count(*) > 1) twice) as twice,
           exists (select 1 from pg_constraint
             where conname = 'booking_notifications_message_unique' and contype = 'u' and convalidated) as is_unique`);
  const [row] = rows;
  if (row && row.twice > 0) return wrong(`CRM has ${counted(row.twice, 'message')} more than once`, SEE);
  if (!row?.is_unique) return wrong('nothing keeps CRM from having a message twice', SEE);
  return ok('CRM has each message once');
}
