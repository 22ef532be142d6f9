import { Kysely, PostgresDialect } from 'kysely';
import type { BookingApp } from './app.ts';
import type { DB } from './database-types.ts';

export interface Plans {
  /** Which tables are read from end to end. */
  readWhole: Set<string>;
  indexes: Set<string>;
  /** How many questions it took. */
  asked: number;
}

/** Watches what is asked of the database: does something, then asks for the plan of each question that it took. */
export function watchPlans(app: Pick<BookingApp, 'pool'>): {
  db: Kysely<DB>;
  planOf<Result>(ask: () => Promise<Result>): Promise<{ result: Result } & Plans>;
} {
  const asked: { sql: string; parameters: readonly unknown[] }[] = [];
  const db = new Kysely<DB>({
    dialect: new PostgresDialect({ pool: app.pool }),
    log: ({ query }) => void asked.push(query),
  });
  return {
    db,
    async planOf(ask) {
      asked.length = 0;
      const result = await ask();
      const plans = [];
      for (const { sql, parameters } of [...asked]) {
        const { rows } = await app.pool.query(`explain (format json) ${sql}`, [...parameters]);
        plans.push(JSON.stringify(rows));
      }
      const all = plans.join('\n');
      const named = (pattern: RegExp) => new Set([...all.matchAll(pattern)].map((match) => match[1] ?? ''));
      return {
        result,
        asked: plans.length,
        readWhole: named(/"Seq Scan"[^}]*?"Relation Name":"(\w+)"/g),
        indexes: named(/"Index Name":"(\w+)"/g),
      };
    },
  };
}
