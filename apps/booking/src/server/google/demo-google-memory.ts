import type { Adapter, AdapterPayload } from 'oidc-provider';

const MOST_RECORDS = 2000;

/** Where the demo's Google keeps what is on its way: in memory, the oldest making room. */
export function createMemoryAdapter(): (model: string) => Adapter {
  const kept = new Map<string, { payload: AdapterPayload; until: number }>();
  return (model) => {
    const keyOf = (id: string) => `${model} ${id}`;
    const find = async (id: string) => {
      const found = kept.get(keyOf(id));
      return found && found.until > performance.now() ? found.payload : undefined;
    };
    const findBy = async (fits: (payload: AdapterPayload) => boolean) =>
      [...kept].find(([key, { payload }]) => key.startsWith(`${model} `) && fits(payload))?.[1].payload;
    return {
      find,
      findByUid: (uid) => findBy((payload) => payload.uid === uid),
      findByUserCode: (userCode) => findBy((payload) => payload.userCode === userCode),
      async upsert(id, payload, expiresIn) {
        kept.set(keyOf(id), { payload, until: performance.now() + (expiresIn ?? 600) * 1000 });
        const [oldest] = kept.keys();
        if (kept.size > MOST_RECORDS && oldest !== undefined) kept.delete(oldest);
      },
      async consume(id) {
        const payload = await find(id);
        // The provider only asks whether it is there.
        if (payload) payload.consumed = true;
      },
      async destroy(id) {
        kept.delete(keyOf(id));
      },
      async revokeByGrantId(grantId) {
        for (const [key, { payload }] of kept) if (payload.grantId === grantId) kept.delete(key);
      },
    };
  };
}
