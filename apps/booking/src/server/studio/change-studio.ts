import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Studio } from './studio.ts';
import { updateStudio } from './studio-queries.ts';

/**
 * Sets what the studio is called and what events get that do not say otherwise; those that exist keep theirs. From then
 * on the settings of the environment no longer count.
 */
export async function changeStudio(db: Kysely<DB>, studio: Studio): Promise<void> {
  await updateStudio(db, studio);
}
