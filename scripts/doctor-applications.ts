import { LAST_ID } from '@samaya/booking-notification/digest.ts';
import { sign } from '@samaya/booking-notification/signature.ts';
import { machineClock } from '@samaya/platform/clock.ts';
import type { CompleteConfig } from '@samaya/platform/secrets.ts';
import { createAskBooking } from '../apps/crm/src/server/notifications/ask-booking.ts';
import { type Finding, ok, reasonOf, wrong } from './doctor-finding.ts';

const PATIENCE_MS = 3000;
const KEYS = 'give the running applications and this command the same NOTIFICATION_SECRETS and DATA_DIR';

/** Whether an application answers where the other one looks for it, and is ready. */
export async function checkApplication(name: 'booking' | 'CRM', url: string): Promise<Finding> {
  const setting = `${name.toUpperCase()}_URL`;
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(PATIENCE_MS), redirect: 'manual' });
    const said = (await answer.json().catch(() => ({}))) as { status?: string; reasons?: string[] };
    if (answer.status === 200 && said.status === 'ready') return ok(`${name} is ready at ${url}`);
    if (said.reasons) return wrong(`${name} at ${url} is not ready (${said.reasons.join('; ')})`, 'see its log');
    return wrong(`something else answers at ${url} (${answer.status})`, `check ${setting}, and what uses its port`);
  } catch (error) {
    return wrong(`${name} does not answer at ${url} (${reasonOf(error)})`, `npm start, or check ${setting}`);
  }
}

/** Whether the running applications sign with the keys of these settings: each is asked something that needs them. */
export async function checkKeys(config: CompleteConfig): Promise<Finding> {
  const booking = await createAskBooking(config, { clock: machineClock })
    .digest({ after: LAST_ID })
    .then(() => undefined, reasonOf);
  if (booking !== undefined) return wrong(`booking does not take what CRM signs (${booking})`, KEYS);
  const body = '{"notifications":[]}';
  const signed = sign(body, { id: crypto.randomUUID(), secrets: config.notificationSecrets, now: machineClock() });
  const answer = await fetch(`${config.crmUrl}/api/v1/booking-notifications`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signed },
    body,
    signal: AbortSignal.timeout(PATIENCE_MS),
    redirect: 'manual',
  }).then(({ status }) => status, reasonOf);
  // It looks at the signature first, and then finds that there is nothing in it.
  if (answer === 422) return ok('booking and CRM take what the other signs');
  return wrong(`CRM does not take what booking signs (it answered ${answer})`, KEYS);
}
