import type { Kysely, Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import {
  deleteExpiredSignIns,
  deleteSignIn,
  deleteSignInsOfFacilitator,
  deleteSignInsOfUser,
  noteSignOut,
} from './sign-in-queries.ts';

/** Ends one sign-in; ending it again changes nothing. */
export async function endSignIn(db: Kysely<DB>, signInId: number): Promise<void> {
  await deleteSignIn(db, signInId);
}

/** Ends every sign-in of a person, in pages and API, and those that are on their way. */
export async function endSignInsOfUser(trx: Transaction<DB>, userId: number): Promise<void> {
  await noteSignOut(trx, userId);
  await deleteSignInsOfUser(trx, userId);
}

/** Ends every sign-in on behalf of a facilitator. */
export async function endSignInsOfFacilitator(db: Kysely<DB>, facilitatorId: number): Promise<void> {
  await deleteSignInsOfFacilitator(db, facilitatorId);
}

/** Forgets sign-ins that have ended by themselves. */
export async function forgetExpiredSignIns(db: Kysely<DB>): Promise<void> {
  await deleteExpiredSignIns(db);
}
