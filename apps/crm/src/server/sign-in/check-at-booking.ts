import { sign } from '@samaya/booking-notification/signature.ts';
import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { CompleteConfig } from '@samaya/platform/secrets.ts';
import { z } from 'zod';
import { CrmError } from '#server/errors.ts';

const TIMEOUT_MS = 5000;
/** When to try again, where booking does not say. */
const RETRY_SECONDS = 5;

const personSchema = z.object({
  user: z.object({ id: z.int(), name: z.string(), email: z.string() }),
  facilitator: z.object({ id: z.int(), name: z.string() }),
});

/** Whom booking knows under an address and a password. */
export type KnownFacilitator = z.infer<typeof personSchema>;

export type CheckAtBooking = (
  credentials: { email: string; password: string; code?: string | undefined },
  now: Date,
) => Promise<KnownFacilitator>;

/**
 * Asks booking over the signed back channel who has these credentials; the password is neither kept nor logged.
 * Throws `bad-credentials`, `second-factor-needed`, `bad-code`, `not-a-facilitator`, `too-many-requests` as booking does, or `booking-away`.
 */
export function createCheckAtBooking(
  config: Pick<CompleteConfig, 'bookingUrl' | 'crmClientSecret'>,
  send: typeof fetch = fetch,
): CheckAtBooking {
  const secrets = [`whsec_${Buffer.from(config.crmClientSecret).toString('base64')}`];
  return async (credentials, now) => {
    const body = JSON.stringify(credentials);
    const id = crypto.randomUUID();
    const answer = await send(`${config.bookingUrl}/api/v1/crm/sign-ins`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...sign(body, { id, secrets, now }) },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((cause: unknown) => {
      throw bookingAway(cause);
    });
    const said: unknown = await answer.json().catch(() => undefined);
    if (answer.status === 200) {
      const person = personSchema.safeParse(said);
      if (person.success) return person.data;
      throw bookingAway(person.error);
    }
    const code = z.object({ code: z.string() }).safeParse(said).data?.code;
    if (code === 'bad-credentials') throw new CrmError('bad-credentials', 'E-mail or password is wrong.');
    if (code === 'second-factor-needed') {
      throw new CrmError('second-factor-needed', 'This account asks for a code of its app too: send it as `code`.');
    }
    if (code === 'bad-code') throw new CrmError('bad-code', 'This code is wrong or was used. Wait for the next one.');
    if (code === 'not-a-facilitator') {
      throw new CrmError('not-a-facilitator', 'CRM is for facilitators, and this account is not one.');
    }
    if (answer.status === 429 && code === 'too-many-requests') {
      throw new PlatformError('too-many-requests', 'There were too many tries at this address. Wait a moment.', {
        retryAfterSeconds: secondsOf(answer.headers.get('retry-after')),
      });
    }
    throw bookingAway(new Error(`booking answered ${answer.status} ${code ?? ''}`));
  };
}

function secondsOf(retryAfter: string | null): number {
  return /^\d{1,5}$/.test(retryAfter ?? '') ? Number(retryAfter) : RETRY_SECONDS;
}

function bookingAway(cause: unknown): CrmError {
  return new CrmError('booking-away', 'Booking, which checks passwords, does not answer. Try again in a moment.', {
    retryAfterSeconds: RETRY_SECONDS,
    cause,
  });
}
