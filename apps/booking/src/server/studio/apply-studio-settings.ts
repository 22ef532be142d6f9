import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { type StudioSettings, updateStudio } from './studio-queries.ts';

/**
 * Makes the configured name, time zone and currency those of the studio: what an event gets that does not say
 * otherwise. Events that exist keep theirs.
 */
export async function applyStudioSettings(db: Kysely<DB>, settings: StudioSettings): Promise<void> {
  await updateStudio(db, settings);
}
