import { readOutbox } from '../apps/booking/src/server/notifications/measure-outbox.ts';
import type { Open } from './doctor-databases.ts';
import { counted, type Finding, ok, wrong } from './doctor-finding.ts';

/** Messages that nothing holds back are gone within a second or so. */
const LATE_SECONDS = 60;
const DAY_MS = 86_400_000;
/** A night may be missed, two not. */
const COMPARED_WITHIN_MS = 2 * DAY_MS;

const WORDS = {
  crm: { name: 'CRM', what: 'notification', log: 'is CRM running, with the same NOTIFICATION_SECRETS and at CRM_URL?' },
  mail: { name: 'the mail server', what: 'mail', log: 'check SMTP_URL; /admin/messages has the reasons' },
} as const;

/** How messages to one destination stand: up or down, late, given up. */
export async function checkOutbox({ booking }: Open, destination: 'crm' | 'mail'): Promise<Finding[]> {
  const { name, what, log } = WORDS[destination];
  const { waiting, overdueSeconds, dead, isUp, downSince, downReason } = await readOutbox(booking.kysely, destination);
  const findings: Finding[] = [];
  if (!isUp) {
    const since = downSince ? ` since ${downSince.toISOString()}` : '';
    findings.push(wrong(`${name} takes no ${what}s${since} (${downReason ?? 'no reason kept'}); ${waiting} wait`, log));
  } else if (overdueSeconds > LATE_SECONDS) {
    const seconds = Math.round(overdueSeconds);
    findings.push(wrong(`a ${what} to ${name} has been due for ${seconds} s`, 'start booking, whose relay sends them'));
  }
  if (dead > 0) {
    findings.push(
      wrong(
        `${counted(dead, what)} to ${name} ${dead === 1 ? 'was' : 'were'} given up`,
        'npm run notifications:replay says why, and with -- --all sends them again',
      ),
    );
  }
  return findings.length > 0 ? findings : [ok(`${what}s go to ${name}; ${waiting} on their way`)];
}

/** Whether CRM compares itself with booking at night, and what it found the last time. */
export async function checkReconciliation({ crm }: Open, now: Date): Promise<Finding> {
  const { rows } = await crm.pool.query<{ finished_at: Date; healed: number }>(
    'select finished_at, healed from reconciliations order by finished_at desc limit 1',
  );
  const [last] = rows;
  if (!last) return ok('CRM has not compared itself with booking yet; it does so ten minutes after its start');
  const when = last.finished_at.toISOString();
  if (now.getTime() - last.finished_at.getTime() > COMPARED_WITHIN_MS) {
    return wrong(`CRM last compared itself with booking at ${when}`, 'is CRM running? npm run reconcile does it now');
  }
  if (last.healed === 0) return ok(`CRM compared itself with booking at ${when} and lacked nothing`);
  return wrong(
    `CRM lacked ${counted(last.healed, 'notification')} when it compared itself with booking at ${when}; they are there now`,
    'something lost them: look for it in logs/crm.log; npm run reconcile compares anew',
  );
}
