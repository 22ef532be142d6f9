import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import {
  deleteExpiredSignIns,
  deleteSignIn,
  deleteSignInsOfFacilitator,
  deleteSignInsOfUser,
} from './sign-in-queries.ts';

/** Ends one sign-in; ending it again changes nothing. */
export async function endSignIn(db: Kysely<DB>, signInId: number): Promise<void> {
  await deleteSignIn(db, signInId);
}

/** Ends every sign-in of a person, in pages and API. */
export async function endSignInsOfUser(db: Kysely<DB>, userId: number): Promise<void> {
  await deleteSignInsOfUser(db, userId);
}

/** Ends every sign-in on behalf of a facilitator. */
export async function endSignInsOfFacilitator(db: Kysely<DB>, facilitatorId: number): Promise<void> {
  await deleteSignInsOfFacilitator(db, facilitatorId);
}

/** Forgets sign-ins that have ended by themselves. */
export async function forgetExpiredSignIns(db: Kysely<DB>): Promise<void> {
  await deleteExpiredSignIns(db);
}
