import type { InboxSearch } from '#server/notifications/inbox-schemas.ts';

type Look = Pick<InboxSearch, 'view' | 'filter'> & { after?: string | undefined };

/** The address of the inbox, or of a notification beside it, that keeps what is looked at. */
export function inboxAddress({ view, filter, after }: Look, path = '/'): string {
  const query = new URLSearchParams();
  if (view !== 'todo') query.set('view', view);
  for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value);
  if (after) query.set('after', after);
  return query.size > 0 ? `${path}?${query}` : path;
}
