import { forgetExpiredSignIns } from './accounts/forget-expired-sign-ins.ts';
import { forgetIdleGuests } from './accounts/forget-idle-guests.ts';
import type { BookingApp } from './app.ts';
import { forgetOldGoogleReturns } from './google/forget-old-google-returns.ts';
import { forgetOldAnswers } from './idempotency/idempotency-queries.ts';
import { forgetOldMails } from './mail/local-mailbox.ts';
import { forgetExpiredOidcRecords } from './oidc/forget-expired-oidc-records.ts';
import { forgetAnsweredChallenges } from './passkeys/forget-answered-challenges.ts';

const SWEEP_MS = 60 * 60 * 1000;

/**
 * Every hour deletes what has ended by itself: sign-ins, records of the sign-in provider, answers kept for repeated
 * requests, guests who got no place, mails in the local mailbox, what came back from Google. None of it is of use to anybody, so a sweep that fails
 * only waits for the next. Answers how to stop.
 */
export function startSweeping({ db, log }: Pick<BookingApp, 'db' | 'log'>): () => void {
  const timer = setInterval(() => {
    sweep(db).catch((error: unknown) => log.warn({ err: error }, 'sweep failed'));
  }, SWEEP_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** One sweep. */
export async function sweep(db: BookingApp['db']): Promise<void> {
  await forgetExpiredSignIns(db);
  await forgetOldAnswers(db);
  await forgetIdleGuests(db);
  await forgetExpiredOidcRecords(db);
  await forgetAnsweredChallenges(db);
  await forgetOldMails(db);
  await forgetOldGoogleReturns(db);
}
