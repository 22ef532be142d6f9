import type { NotificationJson } from '#server/notifications/notification-schemas.ts';

type Rows = readonly Pick<NotificationJson, 'id'>[];

/** The row a step away from the one with this id, also where that one has left the list; `undefined` at an end. */
export function neighbourOf(rows: Rows, id: number | undefined, step: 1 | -1): number | undefined {
  if (id === undefined) return rows[0]?.id;
  // Newest first, so what follows has a smaller id.
  return step === 1 ? rows.find((row) => row.id < id)?.id : rows.findLast((row) => row.id > id)?.id;
}

/** Where to go on when some rows leave the list: to what followed the last of them, else to what preceded the first. */
export function restAfter(rows: Rows, leaving: readonly number[]): number | undefined {
  const others = rows.filter((row) => !leaving.includes(row.id));
  return neighbourOf(others, Math.min(...leaving), 1) ?? others.at(-1)?.id;
}

/** Puts the focus on a row. */
export function focusRow(id: number | undefined): void {
  document.getElementById(id === undefined ? 'inbox-title' : `n-${id}`)?.focus();
}
