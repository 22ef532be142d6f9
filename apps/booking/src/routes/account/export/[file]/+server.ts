import { error } from '@sveltejs/kit';
import { exportPerson } from '#server/accounts/export-person.ts';
import { csvOf, tablesOf } from '#server/accounts/personal-data-files.ts';
import { requireIdentity } from '../../../require-identity.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, params }) => {
  const { userId } = requireIdentity(locals);
  const data = await exportPerson(locals.app.db, { userId, now: new Date() });
  if (params.file === 'everything.json') {
    return fileOf(JSON.stringify(data, null, 2), `samaya-${userId}.json`, 'application/json');
  }
  const table = tablesOf(data).find(({ name }) => `${name}.csv` === params.file);
  if (!table) error(404);
  return fileOf(csvOf(table), `samaya-${userId}-${table.name}.csv`, 'text/csv');
};

function fileOf(text: string, name: string, type: string): Response {
  return new Response(text, {
    headers: {
      'content-type': `${type}; charset=utf-8`,
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
    },
  });
}
