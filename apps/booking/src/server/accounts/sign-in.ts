import { createToken } from '@samaya/platform/opaque-token.ts';
import type { Kysely } from 'kysely';
import type { BookingApp } from '#server/app.ts';
import type { DB } from '#server/database-types.ts';
import { BookingError } from '#server/errors.ts';
import { tellSignedOut } from '#server/notifications/tell-signed-out.ts';
import { forgetOidcRecordsOf } from '#server/oidc/forget-oidc-records-of.ts';
import { logSecurity } from '#server/security-log.ts';
import { characters, PASSWORD_MOST, type Person, SIGN_IN_DAYS } from './account.ts';
import { findPerson, type SignInKind } from './identity-queries.ts';
import { knownBrowser } from './known-browser.ts';
import { deleteSignIn, deleteSignInsOf, findPasswordOf, insertSignIn, replaceHash } from './sign-in-queries.ts';

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
 * from one network (a browser in which they signed in before has ten of its own); with `unavailable` while too many people are signing in at once.
 */
export async function signIn(
  app: SignInDeps,
  { kind, agent, now, ...credentials }: Credentials & { kind: SignInKind; agent?: string | undefined; now: Date },
): Promise<SignedIn> {
  const checked = await checkCredentials(app, credentials);
  if (!checked) throw badCredentials();
  const checkedHash = await strengthen(app, checked, credentials.password);
  const opened = await openSignIn(app.db, { ...checked, checkedHash, kind, agent, now });
  const user = opened && (await findPerson(app.db, { ...checked, adminEmails: app.config.adminEmails }));
  if (!user) throw badCredentials();
  logSecurity(app.log, 'sign_in.ok', { user_id: user.id, kind }, credentials);
  return { ...opened, user };
}

/**
 * Opens a sign-in for somebody who has shown who they are; `undefined` when the account was erased, disabled or
 * got another password than the one of `checkedHash` meanwhile.
 */
export async function openSignIn(
  db: Kysely<DB>,
  signIn: CheckedCredentials & { kind: SignInKind; agent: string | undefined; now: Date },
): Promise<OpenedSignIn | undefined> {
  const { token, hash } = createToken();
  const expiresAt = new Date(signIn.now.getTime() + SIGN_IN_DAYS * DAY_MS);
  return (await insertSignIn(db, { ...signIn, secretHash: hash, expiresAt })) ? { token, expiresAt } : undefined;
}

/**
 * Whose address and password these are; `undefined` when they do not belong together. Signs nobody in, but counts as
 * a try: it is limited and bounded like `signIn`.
 */
export async function checkPassword(app: SignInDeps, credentials: Credentials): Promise<Person | undefined> {
  const checked = await checkCredentials(app, credentials);
  return checked && (await findPerson(app.db, { ...checked, adminEmails: app.config.adminEmails }));
}

/** Ends one sign-in; the others of the same person stay. */
export async function endSignIn(db: Kysely<DB>, signInId: number): Promise<void> {
  await deleteSignIn(db, signInId);
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

/** A hash of today's cost instead of a weaker one, while the password is at hand; answers the one that is kept. */
async function strengthen(
  { db, passwords }: Pick<SignInDeps, 'db' | 'passwords'>,
  { userId, checkedHash }: CheckedCredentials,
  password: string,
): Promise<string> {
  if (!passwords.isWeak(checkedHash)) return checkedHash;
  const stronger = await passwords.hash(password);
  // Unless it was replaced meanwhile: then it is no longer the one that was checked.
  return (await replaceHash(db, { userId, from: checkedHash, to: stronger })) ? stronger : checkedHash;
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
  await (browser === undefined ? limits('sign-in-address', email) : limits('sign-in-browser', browser));
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
