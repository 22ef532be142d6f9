import { error, redirect } from '@sveltejs/kit';
import { type Mark, parseMark } from '#server/notifications/inbox-schemas.ts';
import { processNotifications } from '#server/notifications/process-notifications.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = () => redirect(303, '/');

export const actions: Actions = {
  async default({ locals, request, url }) {
    const { app, facilitator } = locals;
    if (!facilitator) redirect(303, '/sign-in');
    const { mark, back } = await readMark(request);
    const { facilitatorId, userId } = facilitator;
    const changed = mark.ids.length === 0 ? [] : await processNotifications(app.db, { facilitatorId, userId, ...mark });
    redirect(303, backTo(back, url, { ...mark, ids: changed.map(({ id }) => id) }));
  },
};

// The button says which way, and which one; when it names none, those that are ticked are meant.
async function readMark(request: Request): Promise<{ mark: Mark; back: string }> {
  const form = await request.formData();
  const button = parseMark(String(form.get('mark')));
  const ticked = form.getAll('id').map(String);
  const mark = button?.ids.length ? button : parseMark([button?.processed ? 'done' : 'todo', ...ticked].join('.'));
  if (!button || !mark) error(400, 'This form could not be understood, so nothing was changed.');
  return { mark, back: String(form.get('back') ?? '/') };
}

// The address says what was changed, so that the way back is still there after a reload.
function backTo(back: string, here: URL, { processed, ids }: Mark): string {
  const there = URL.parse(back, here);
  // A path that begins with two slashes is another site's address.
  const isHere = there?.origin === here.origin && !there.pathname.startsWith('//');
  const address = isHere ? there : new URL('/', here);
  address.searchParams.set('marked', [processed ? 'done' : 'todo', ...ids].join('.'));
  return address.pathname + address.search;
}
