import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { pictureSchema } from '@samaya/platform/schema-picture.ts';
import { type AppName, cloneDatabase } from '@samaya/platform/test-database.ts';
import pg from 'pg';

const ROOT = resolve(import.meta.dirname, '..');

export interface GeneratedFile {
  path: string;
  text: string;
}

/** `schema.sql` and the database types of both applications, as a freshly migrated database gives them. */
export async function generateFiles(): Promise<GeneratedFile[]> {
  const files: GeneratedFile[] = [];
  for (const app of ['booking', 'crm'] as const) files.push(...(await generateFor(app)));
  return files;
}

async function generateFor(app: AppName): Promise<GeneratedFile[]> {
  const database = await cloneDatabase(app);
  const client = new pg.Client({ connectionString: database.ownerUrl });
  try {
    await client.connect();
    const picture = await pictureSchema(client);
    return [
      {
        path: `apps/${app}/schema.sql`,
        text: `-- Printed from a migrated database by npm run generate.\n\n${picture}`,
      },
      { path: `apps/${app}/src/server/database-types.ts`, text: databaseTypes(database.ownerUrl) },
    ];
  } finally {
    await client.end();
    await database.drop();
  }
}

// bigint columns arrive as numbers: the pool of platform/database.ts parses them so.
function databaseTypes(url: string): string {
  const mapping = JSON.stringify({ int8: 'number', timestamptz: 'Date' });
  const command = resolve(ROOT, 'node_modules/.bin/kysely-codegen');
  return execFileSync(
    process.execPath,
    [command, '--dialect=postgres', `--url=${url}`, '--print', '--log-level=silent', `--type-mapping=${mapping}`],
    { encoding: 'utf8', cwd: ROOT },
  );
}
