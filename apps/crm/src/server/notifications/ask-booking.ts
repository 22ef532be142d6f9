import {
  DIGEST_PATH,
  type Digest,
  digestSchema,
  NEWEST_PATH,
  type NewestBookings,
  newestSchema,
  signedQuestion,
} from '@samaya/booking-notification/digest.ts';
import { sign } from '@samaya/booking-notification/signature.ts';
import type { Clock } from '@samaya/platform/clock.ts';
import type { CompleteConfig } from '@samaya/platform/secrets.ts';
import type { z } from 'zod';
import { CrmError } from '#server/errors.ts';

const TIMEOUT_MS = 5000;
const RETRY_SECONDS = 5;

/** Says what CRM should know of bookings. */
export interface BookingTruth {
  /** Count and hash, block by block, of the bookings with ids above `after`. */
  digest(question: { after: number; facilitatorId?: number | undefined }): Promise<Digest>;
  /** The newest state of bookings with ids above `after`, up to `to`. */
  newest(question: { after: number; to: number; facilitatorId?: number | undefined }): Promise<NewestBookings>;
}

/** Asks booking over its signed routes. Throws `booking-away` when it gives no answer that can be used. */
export function createAskBooking(
  config: Pick<CompleteConfig, 'bookingUrl' | 'notificationSecrets'>,
  { clock, send = fetch }: { clock: Clock; send?: typeof fetch },
): BookingTruth {
  async function ask<Schema extends z.ZodType>(
    path: string,
    query: Record<string, number | undefined>,
    schema: Schema,
  ): Promise<z.output<Schema>> {
    const url = new URL(path, config.bookingUrl);
    for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, String(value));
    const id = crypto.randomUUID();
    const headers = { ...sign(signedQuestion(url), { id, secrets: config.notificationSecrets, now: clock() }) };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await send(url, { headers, redirect: 'manual', signal }).catch(refuse);
    if (answer.status !== 200) {
      await answer.body?.cancel();
      return refuse(new Error(`booking answered ${answer.status}`));
    }
    return schema.parseAsync(await answer.json().catch(refuse)).catch(refuse);
  }
  return {
    digest: ({ after, facilitatorId }) => ask(DIGEST_PATH, { after, facilitator_id: facilitatorId }, digestSchema),
    newest: ({ after, to, facilitatorId }) =>
      ask(NEWEST_PATH, { after, to, facilitator_id: facilitatorId }, newestSchema),
  };
}

function refuse(cause: unknown): never {
  throw new CrmError('booking-away', 'Booking does not answer, so nothing can be compared. Try again in a moment.', {
    retryAfterSeconds: RETRY_SECONDS,
    cause,
  });
}
