import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Studio } from './studio.ts';
import { takeConfiguredStudio } from './studio-queries.ts';

/**
 * Makes the configured name, time zone and currency those of the studio, unless somebody changed them on the settings
 * page: then theirs stand. Events that exist keep what they have.
 */
export async function applyStudioSettings(db: Kysely<DB>, settings: Omit<Studio, 'terms'>): Promise<void> {
  await takeConfiguredStudio(db, settings);
}
