import { decodeCursor, pageOf } from '@samaya/platform/cursor.ts';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { DB } from '#server/database-types.ts';
import { type FacilitatorAccount, selectFacilitatorAccounts } from './facilitator-account-queries.ts';

const cursorSchema = z.tuple([z.int32().positive()]);

/** A page of facilitators with what only admins see of them. `bad-request` for a cursor that is not ours. */
export async function listFacilitatorAccounts(
  db: Kysely<DB>,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<{ items: FacilitatorAccount[]; next: string | null }> {
  const afterId = after === undefined ? undefined : decodeCursor(after, cursorSchema)[0];
  const rows = await selectFacilitatorAccounts(db, { afterId, limit: limit + 1 });
  return pageOf(rows, limit, (last) => [last.id]);
}
