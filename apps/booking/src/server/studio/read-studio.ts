import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Studio } from './studio.ts';
import { selectStudio } from './studio-queries.ts';

/** The studio as it is now; its settings can change while the application runs. */
export async function readStudio(db: Kysely<DB>): Promise<Studio> {
  return await selectStudio(db);
}
