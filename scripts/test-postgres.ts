import { startEmbeddedPostgres } from '@samaya/platform/embedded-postgres.ts';
import { TEST_POSTGRES } from '@samaya/platform/test-database.ts';
import pg from 'pg';

/** Runs `work` beside the PostgreSQL that tests share; stops the server afterwards when this started it. */
export async function withTestPostgres<Result>(work: () => Promise<Result>): Promise<Result> {
  const server = await startEmbeddedPostgres(TEST_POSTGRES);
  try {
    return await work();
  } finally {
    if (server.started && !(await isInUse(server.superuserUrl('postgres')))) await server.stop();
  }
}

// Another run may have found the server meanwhile and still work with it.
async function isInUse(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query(
      `select 1 from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
    return rowCount !== 0;
  } finally {
    await client.end();
  }
}
