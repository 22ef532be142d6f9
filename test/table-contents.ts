import type pg from 'pg';

// What an answer may leave behind: when a sign-in was seen last, and what a request that came twice was answered.
const SEEN: Record<string, string> = { sign_ins: 'last_seen_at' };

/** Every row of every table as JSON, by table, but for the columns that note when somebody was seen. */
export async function tableContents(pool: pg.Pool): Promise<Map<string, Map<string, Record<string, unknown>>>> {
  const { rows: tables } = await pool.query(
    `select c.relname as name, array_agg(a.attname::text order by k.place) as key
     from pg_class c
     left join pg_index i on i.indrelid = c.oid and i.indisprimary
     left join lateral unnest(i.indkey) with ordinality k (number, place) on true
     left join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace group by 1 order by 1`,
  );
  const found = new Map<string, Map<string, Record<string, unknown>>>();
  for (const { name, key } of tables) {
    const { rows } = await pool.query(`select to_jsonb(t) - $1::text as row from "${name}" t`, [SEEN[name] ?? '']);
    const columns = (key as (string | null)[]).filter((column) => column !== null);
    found.set(
      name,
      new Map(rows.map(({ row }, index) => [columns.map((column) => row[column]).join(' ') || String(index), row])),
    );
  }
  return found;
}

/** What is different: `users 12 name`, `bookings 3 new`, `events 4 gone`. */
export function differencesOf(
  before: Awaited<ReturnType<typeof tableContents>>,
  after: Awaited<ReturnType<typeof tableContents>>,
): string[] {
  const differences: string[] = [];
  for (const [table, rows] of after) {
    const known = before.get(table) ?? new Map<string, Record<string, unknown>>();
    for (const [key, row] of rows) {
      const old = known.get(key);
      if (!old) differences.push(`${table} ${key} new`);
      else {
        const changed = Object.keys(row).filter(
          (column) => JSON.stringify(row[column]) !== JSON.stringify(old[column]),
        );
        differences.push(...changed.map((column) => `${table} ${key} ${column}`));
      }
    }
    for (const key of known.keys()) if (!rows.has(key)) differences.push(`${table} ${key} gone`);
  }
  return differences;
}
