import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { findTwoStep } from '#server/two-step/find-two-step.ts';
import { type FirstStep, firstStepOf } from './first-step.ts';
import { badCredentials, type CheckedCredentials, type OpenedSignIn, openSignIn } from './sign-in.ts';

/**
 * Lets a browser in whose person passed the first step, by password or whatever stands for it: opens a sign-in, or,
 * where a code is asked for, answers the step for the page that asks. Refuses with `bad-credentials` when the account
 * was erased or got another password meanwhile.
 */
export async function enterAccount(
  db: Kysely<DB>,
  entry: CheckedCredentials & { agent: string | undefined; now: Date },
): Promise<OpenedSignIn | FirstStep> {
  const opened = await openSignIn(db, { ...entry, kind: 'page' });
  if (opened) return opened;
  if (!(await findTwoStep(db, entry.userId))) throw badCredentials();
  return firstStepOf(entry);
}
