import { ACT_KINDS } from '#server/audit/audit.ts';
import { listActs } from '#server/audit/list-acts.ts';
import { zoneInWords } from '../../../words/wall-clock.ts';
import type { PageServerLoad } from './$types';
import { actLineOf, isKind } from './act-line.ts';
import { ACTS } from './audit-texts.ts';

const A_PAGE = 50;
const SEARCH_MOST = 200;
const PATH = '/admin/audit';

export const load: PageServerLoad = async ({ locals, url }) => {
  const { app, studio } = locals;
  const search = (url.searchParams.get('q') ?? '').trim().slice(0, SEARCH_MOST).toWellFormed().replaceAll('\0', '');
  const wanted = url.searchParams.get('kind') ?? '';
  const kind = isKind(wanted) ? wanted : undefined;
  const after = url.searchParams.get('after') ?? undefined;
  const { items, next } = await listActs(app.db, { kind, search, after, limit: A_PAGE });
  const filter = { ...(search && { q: search }), ...(kind && { kind }) };
  return {
    search,
    kind,
    kinds: ACT_KINDS.map((value) => ({ value, label: ACTS[value].label })),
    acts: items.map((act) => actLineOf(act, studio.timeZone)),
    zone: zoneInWords(studio.timeZone),
    older: next && `${PATH}?${new URLSearchParams({ ...filter, after: next })}`,
    newest: after === undefined ? undefined : `${PATH}?${new URLSearchParams(filter)}`,
  };
};
