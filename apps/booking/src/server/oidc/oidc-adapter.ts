import { hashToken } from '@samaya/platform/opaque-token.ts';
import type { Kysely } from 'kysely';
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import type { DB } from '#server/database-types.ts';
import {
  consumeOidcRecord,
  deleteOidcGrant,
  deleteOidcRecord,
  findOidcRecord,
  findOidcRecordByUid,
  findOidcRecordByUserCode,
  type OidcPayload,
  saveOidcRecord,
} from './oidc-queries.ts';

/** Records of which the id alone is what somebody shows; sessions and interactions travel in cookies that are signed. */
const SHOWN = new Set(['AuthorizationCode', 'AccessToken', 'RefreshToken']);

/** Where the provider keeps one kind of record: in the database, so that several processes are one provider. */
export function createOidcAdapter(db: Kysely<DB>, model: string): Adapter {
  if (SHOWN.has(model)) return hideIds(createPlainAdapter(db, model));
  return createPlainAdapter(db, model);
}

/** Keeps records under the hash of their ids, so that a copied database holds no code and no token. */
function hideIds(adapter: Adapter): Adapter {
  const keyOf = (id: string) => hashToken(id).toString('base64url');
  return {
    ...adapter,
    upsert: (id, { jti: _id, ...payload }, expiresIn) => adapter.upsert(keyOf(id), payload, expiresIn),
    async find(id) {
      const found = await adapter.find(keyOf(id));
      return found && { ...found, jti: id };
    },
    destroy: (id) => adapter.destroy(keyOf(id)),
    consume: (id) => adapter.consume(keyOf(id)),
  };
}

function createPlainAdapter(db: Kysely<DB>, model: string): Adapter {
  return {
    upsert: (id, payload, expiresIn) => saveOidcRecord(db, { model, id }, payload as OidcPayload, expiresIn),
    find: async (id) => asPayload(await findOidcRecord(db, { model, id })),
    findByUid: async (uid) => asPayload(await findOidcRecordByUid(db, model, uid)),
    findByUserCode: async (userCode) => asPayload(await findOidcRecordByUserCode(db, model, userCode)),
    destroy: (id) => deleteOidcRecord(db, { model, id }),
    revokeByGrantId: (grantId) => deleteOidcGrant(db, model, grantId),
    // The provider looks whether a code was used before it calls this; two requests at once both see it unused.
    async consume(id) {
      if (!(await consumeOidcRecord(db, { model, id }))) throw new errors.InvalidGrant('it was used already');
    },
  };
}

function asPayload(found: OidcPayload | undefined): AdapterPayload | undefined {
  return found as AdapterPayload | undefined;
}
