import { exportPerson } from '#server/accounts/export-person.ts';
import { requireIdentity } from '../../require-identity.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals }) => {
  const { userId } = requireIdentity(locals);
  const data = await exportPerson(locals.app.db, { userId, now: new Date() });
  return new Response(JSON.stringify(data, null, 2), {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="samaya-${userId}.json"`,
      'cache-control': 'no-store',
    },
  });
};
