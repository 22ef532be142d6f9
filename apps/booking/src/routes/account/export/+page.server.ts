import { exportPerson } from '#server/accounts/export-person.ts';
import { tablesOf } from '#server/accounts/personal-data-files.ts';
import { requireIdentity } from '../../require-identity.ts';
import type { PageServerLoad } from './$types';
import { tableName } from './export-texts.ts';

export const load: PageServerLoad = async ({ locals }) => {
  const { userId } = requireIdentity(locals);
  const data = await exportPerson(locals.app.db, { userId, now: new Date() });
  const tables = tablesOf(data).filter(({ rows }) => rows.length > 0);
  return { tables: tables.map(({ name, rows }) => ({ name, title: tableName(name), lines: rows.length })) };
};
