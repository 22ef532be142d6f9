import type pg from 'pg';

/** What every table holds, as a sum of each, but for the sign-ins, which note when they were last seen. */
export async function tableContents(pool: pg.Pool): Promise<Record<string, string>> {
  const tables = await pool.query(
    "select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'sign_ins' order by 1",
  );
  const found: Record<string, string> = {};
  for (const { name } of tables.rows) {
    const { rows } = await pool.query(`select md5(string_agg(t::text, '|' order by t::text)) as sum from "${name}" t`);
    found[name] = rows[0].sum;
  }
  return found;
}
