import type { Kysely } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { DB } from '#server/database-types.ts';
import type { Assistant } from './assistant.ts';
import { namesAssistantsOf } from './assistant-access.ts';
import { selectAssistants } from './assistant-queries.ts';

/** The assistants of a facilitator, for an admin everybody's, by name and address. `forbidden` for others. */
export async function listAssistants(db: Kysely<DB>, limit: number, actor: Identity): Promise<Assistant[]> {
  return await selectAssistants(db, { facilitatorId: namesAssistantsOf(actor), limit });
}
