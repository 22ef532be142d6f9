import type pg from 'pg';

export type Row = Readonly<Record<string, unknown>>;

/** Every row of every table, by table and key. */
export type Contents = ReadonlyMap<string, ReadonlyMap<string, Row>>;

export interface Difference {
  table: string;
  kind: 'new' | 'changed' | 'gone';
  key: string;
  /** The columns that changed, as they are now; of a new row all of them. */
  now: Row;
}

// What looking leaves behind: when a sign-in was seen last.
const SEEN: Readonly<Record<string, string>> = { sign_ins: 'last_seen_at' };

const tablesOf = new WeakMap<pg.Pool, { name: string; key: string[] }[]>();

/** What a database holds, but for the columns that note when somebody was seen. */
export async function tableContents(pool: pg.Pool): Promise<Contents> {
  const tables = tablesOf.get(pool) ?? (await listTables(pool));
  tablesOf.set(pool, tables);
  const found = tables.map(async ({ name, key }) => {
    const { rows } = await pool.query(`select to_jsonb(t) - $1::text as row from "${name}" t`, [SEEN[name] ?? '']);
    const byKey = rows.map(({ row }, index) => [key.map((column) => row[column]).join(' ') || String(index), row]);
    return [name, new Map(byKey as [string, Row][])] as const;
  });
  return new Map(await Promise.all(found));
}

async function listTables(pool: pg.Pool): Promise<{ name: string; key: string[] }[]> {
  const { rows } = await pool.query(
    `select c.relname as name, array_agg(a.attname::text order by k.place) filter (where a.attname is not null) as key
     from pg_class c
     left join pg_index i on i.indrelid = c.oid and i.indisprimary
     left join lateral unnest(i.indkey) with ordinality k (number, place) on true
     left join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace group by 1 order by 1`,
  );
  return rows.map(({ name, key }) => ({ name, key: key ?? [] }));
}

/** What became different between two looks. */
export function differencesOf(before: Contents, after: Contents): Difference[] {
  const differences: Difference[] = [];
  for (const [table, rows] of after) {
    const known = before.get(table) ?? new Map<string, Row>();
    for (const [key, row] of rows) {
      const old = known.get(key);
      if (!old) differences.push({ table, kind: 'new', key, now: row });
      else {
        const changed = Object.entries(row).filter(
          ([column, value]) => JSON.stringify(value) !== JSON.stringify(old[column]),
        );
        if (changed.length > 0) differences.push({ table, kind: 'changed', key, now: Object.fromEntries(changed) });
      }
    }
    for (const key of known.keys()) if (!rows.has(key)) differences.push({ table, kind: 'gone', key, now: {} });
  }
  return differences;
}
