import { createToken } from '@samaya/platform/opaque-token.ts';
import type { Kysely, Transaction } from 'kysely';
import type { BookingApp } from '#server/app.ts';
import type { DB } from '#server/database-types.ts';
import { BookingError } from '#server/errors.ts';
import { tellSignedOut } from '#server/notifications/tell-signed-out.ts';
import { forgetOidcRecordsOf } from '#server/oidc/forget-oidc-records-of.ts';
import { logSecurity } from '#server/security-log.ts';
import { passSecondStep } from '#server/two-step/pass-second-step.ts';
import { characters, PASSWORD_MOST, type Person, SIGN_IN_DAYS } from './account.ts';
import { findPerson, type SignInKind } from './identity-queries.ts';
import { knownBrowser } from './known-browser.ts';
import { deleteOtherSignIns, deleteSignIn, deleteSignInsOf, findPasswordOf, insertSignIn } from './sign-in-queries.ts';
import { strengthenHash } from './strengthen-hash.ts';

const DAY_MS = 86_400_000;

export interface Credentials {
  /** In canonical form, as `emailAddress` leaves it: it is also the key of the limit. */
  email: string;
  password: string;
  /** Where the person is, as the server saw it; `undefined` when nobody knows, then only the address is limited. */
  network: string | undefined;
  /** What this browser keeps from an earlier sign-in, see `markBrowser`. */
  mark?: string | undefined;
}

export interface OpenedSignIn {
  /** The secret, told once: a cookie's value for `page`, a bearer for `api`. */
  token: string;
  expiresAt: Date;
}

export interface SignedIn extends OpenedSignIn {
  user: Person;
}

/** Whose credentials were found right, and the hash they were checked against. */
export interface CheckedCredentials {
  userId: number;
  checkedHash: string;
}

type SignInDeps = Pick<BookingApp, 'db' | 'passwords' | 'limits' | 'config' | 'log'>;

/**
 * Signs a person in by address and password. Refuses with `bad-credentials`, the same way and in the same time
 * whether the address is known or not; with `too-many-requests` after ten tries a minute at one address or thirty
 * from one network (a browser in which they signed in before has ten of its own, and all such browsers of one address
 * thirty); with `unavailable` while too many people are signing in at once. Where the password is right and the account
 * signs in in two steps, `code` is asked for as `passSecondStep` says.
 */
export async function signIn(
  app: SignInDeps,
  {
    kind,
    agent,
    now,
    code,
    ...credentials
  }: Credentials & { kind: SignInKind; agent?: string | undefined; now: Date; code?: string | undefined },
): Promise<SignedIn> {
  const checked = await checkCredentials(app, credentials);
  if (!checked) throw badCredentials();
  const isSecondStepDone = await passSecondStep(app, { userId: checked.userId, code, now });
  const checkedHash = await strengthenHash(app, checked, credentials.password);
  const opened = await openSignIn(app.db, { ...checked, checkedHash, isSecondStepDone, kind, agent, now });
  const user = opened && (await findPerson(app.db, { ...checked, adminEmails: app.config.adminEmails }));
  if (!user) throw badCredentials();
  logSecurity(app.log, 'sign_in.ok', { user_id: user.id, kind }, credentials);
  return { ...opened, user };
}

/**
 * Opens a sign-in for somebody who has shown who they are; `undefined` when the account was erased, disabled or got
 * another password than the one of `checkedHash` meanwhile, or asks for a second step that was not done.
 */
export async function openSignIn(
  db: Kysely<DB>,
  signIn: CheckedCredentials & {
    isSecondStepDone?: boolean;
    kind: SignInKind;
    agent: string | undefined;
    now: Date;
  },
): Promise<OpenedSignIn | undefined> {
  const { isSecondStepDone = false } = signIn;
  const { token, hash } = createToken();
  const expiresAt = new Date(signIn.now.getTime() + SIGN_IN_DAYS * DAY_MS);
  const isKept = await insertSignIn(db, { ...signIn, isSecondStepDone, secretHash: hash, expiresAt });
  return isKept ? { token, expiresAt } : undefined;
}

/**
 * Whose address and password these are; `undefined` when they do not belong together. Signs nobody in, and asks for no
 * second step, but counts as a try: it is limited and bounded like `signIn`.
 */
export async function checkPassword(app: SignInDeps, credentials: Credentials): Promise<Person | undefined> {
  const checked = await checkCredentials(app, credentials);
  return checked && (await findPerson(app.db, { ...checked, adminEmails: app.config.adminEmails }));
}

/** Ends one sign-in; the others of the same person stay. */
export async function endSignIn(db: Kysely<DB>, signInId: number): Promise<void> {
  await deleteSignIn(db, signInId);
}

/** Ends the sign-ins of a person in all other places than the one that asks, CRM included. */
export async function endOtherSignIns(
  trx: Transaction<DB>,
  { userId, signInId }: { userId: number; signInId: number },
): Promise<void> {
  await deleteOtherSignIns(trx, { userId, signInId });
  await forgetOidcRecordsOf(trx, userId);
  await tellSignedOut(trx, userId);
}

/**
 * Ends every sign-in of a person: in browsers, in programs, on the way to other applications and, by a message that is
 * not lost while CRM is away, in CRM.
 */
export async function endAllSignIns(db: Kysely<DB>, userId: number): Promise<void> {
  // All of it or nothing: CRM hears of it if it happened.
  if (!db.isTransaction) return await db.transaction().execute((trx) => endAllSignIns(trx, userId));
  await deleteSignInsOf(db, userId);
  await forgetOidcRecordsOf(db, userId);
  await tellSignedOut(db, userId);
}

export function badCredentials(): BookingError {
  return new BookingError('bad-credentials', 'Address and password do not belong together. Check both.');
}

/** The check of `signIn` and `checkPassword`, with the hash that was right at that moment. */
export async function checkCredentials(
  { db, passwords, limits, config, log }: SignInDeps,
  { email, password, network, mark }: Credentials,
): Promise<CheckedCredentials | undefined> {
  // The network first: who tries from one place uses up that place's tries, not those of every address it names.
  if (network !== undefined) await limits('sign-in-network', network);
  const browser = knownBrowser(config.cookieKeys, mark, email);
  if (browser === undefined) await limits('sign-in-address', email);
  else {
    await limits('sign-in-browser', browser);
    await limits('sign-in-browsers', email);
  }
  // Whoever chose a password chose a shorter one; hashing this would only cost.
  const isPossible = characters(password) <= PASSWORD_MOST;
  const found = isPossible ? await findPasswordOf(db, email) : undefined;
  const isRight = isPossible && (await passwords.verify(password, found?.password));
  if (!isRight || !found) {
    logSecurity(log, 'sign_in.failed', { user_id: found?.id }, { network });
    return undefined;
  }
  return { userId: found.id, checkedHash: found.password };
}
