import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { InboxFilter, InboxView, Mark } from '#server/notifications/inbox-schemas.ts';
import type { NotificationJson } from '#server/notifications/notification-schemas.ts';
import { NOT_SAVED } from './inbox-texts.ts';
import { sendMark } from './send-mark.ts';

/** The inbox as the server read it, at one position of the stream. */
export interface Snapshot {
  items: NotificationJson[];
  next: string | null;
  toDo: number;
  processed: number;
  mostCounted: number;
  newestId: number;
  position: number;
  view: InboxView;
  filter: InboxFilter;
  after: string | undefined;
  from: string | undefined;
  before: string | undefined;
}

interface News {
  row: NotificationJson;
  position: number;
}

interface Counts {
  toDo: number;
  processed: number;
}

interface OwnMark {
  processed: boolean;
  /** Whether the server has answered; until then what the stream says of the row may be older than the mark. */
  settled: boolean;
  /** What the stream said meanwhile. */
  heard?: boolean;
}

export type InboxState = ReturnType<typeof createInboxState>;

/**
 * What this window shows: the server's snapshot, what the stream told since, and, over both, what was marked here and
 * is on its way. Nothing is copied from one into the other, so two windows cannot drift apart.
 */
export function createInboxState(
  snapshotOf: () => Snapshot,
  outside: { isAtTop(): boolean; refresh(): void; onArrived(row: NotificationJson): void },
) {
  const news = new SvelteMap<number, News>();
  const marks = new SvelteMap<number, OwnMark>();
  const held = new SvelteSet<number>();
  const history = $state<Mark[]>([]);
  let failure = $state('');
  let sending = Promise.resolve();

  const snapshot = $derived(snapshotOf());
  const listed = $derived(new Map(snapshot.items.map((row) => [row.id, row])));
  const rows = $derived(
    [...new Set([...listed.keys(), ...news.keys()])]
      .filter((id) => listed.has(id) || (!held.has(id) && belongsOnPage(id)))
      .flatMap((id) => listed.get(id) ?? news.get(id)?.row ?? [])
      .map((row) => current(row, snapshot.position))
      .filter(isLookedFor)
      .sort((one, other) => other.id - one.id),
  );
  const waiting = $derived(
    [...held]
      .filter((id) => !listed.has(id))
      .flatMap((id) => news.get(id)?.row ?? [])
      .filter((row) => isLookedFor(current(row, 0))).length,
  );
  const counts = $derived(
    [...new Set([...news.keys(), ...marks.keys()])].reduce(countAnew, {
      toDo: snapshot.toDo,
      processed: snapshot.processed,
    }),
  );

  /** A row as it is now, given one that was read at a position of the stream. */
  function current(row: NotificationJson, readAt: number): NotificationJson {
    const told = news.get(row.id);
    const newest = told && told.position > readAt ? told.row : row;
    const processed = marks.get(row.id)?.processed ?? newest.processed;
    // Who and when only the server can say.
    return processed === newest.processed ? newest : { ...newest, processed, processed_at: null, processed_by: null };
  }

  // What arrived on top belongs on the first page, what came back in between on the page around it.
  function belongsOnPage(id: number): boolean {
    const told = news.get(id);
    if (!told || told.position <= snapshot.position) return false;
    const first = snapshot.after === undefined ? Infinity : (snapshot.items[0]?.id ?? 0);
    const last = snapshot.next === null ? 0 : (snapshot.items.at(-1)?.id ?? 0);
    return id < first && id > last;
  }

  function isLookedFor(row: NotificationJson): boolean {
    const { view, filter, from, before } = snapshot;
    if (view !== 'all' && row.processed !== (view === 'processed')) return false;
    if (filter.kind && row.kind !== filter.kind) return false;
    if (filter.event_title && !row.event_title.toLowerCase().includes(filter.event_title.toLowerCase())) return false;
    return (!from || row.received_at >= from) && (!before || row.received_at < before);
  }

  // The snapshot counted a row as it was, if it knew it; it counts as it is now.
  function countAnew({ toDo, processed }: Counts, id: number): Counts {
    const was = listed.get(id);
    const told = news.get(id);
    const isNew = told !== undefined && told.position > snapshot.position && id > snapshot.newestId;
    const row = was ?? (isNew ? told.row : undefined);
    if (!row) return { toDo, processed };
    const isDone = current(row, was ? snapshot.position : 0).processed;
    return {
      toDo: toDo + Number(!isDone) - Number(was?.processed === false),
      processed: processed + Number(isDone) - Number(was?.processed === true),
    };
  }

  /** Takes what the stream tells. */
  function hear(row: NotificationJson, position: number): void {
    const isTold = news.has(row.id);
    news.set(row.id, { row, position });
    const mark = marks.get(row.id);
    if (mark?.settled) marks.delete(row.id);
    else if (mark) mark.heard = row.processed;
    if (position <= snapshot.position || listed.has(row.id)) return;
    if (row.id <= snapshot.newestId) outside.refresh();
    if (row.id <= snapshot.newestId || isTold) return;
    if (snapshot.after !== undefined || !outside.isAtTop()) held.add(row.id);
    outside.onArrived(row);
  }

  function settle(ids: readonly number[]): void {
    for (const id of ids) {
      const mark = marks.get(id);
      if (!mark) continue;
      // Heard already, or heard otherwise, in which case only the server can say what holds.
      if (mark.heard !== undefined) marks.delete(id);
      if (mark.heard !== undefined && mark.heard !== mark.processed) outside.refresh();
      mark.settled = true;
    }
  }

  function show(ids: readonly number[], processed: boolean): void {
    for (const id of ids) marks.set(id, { processed, settled: false });
  }

  /** Marks at once, and takes it back with a word when the server does not. Marks are sent in the order they were made. */
  function mark(asked: Mark, isUndo = false): void {
    if (asked.ids.length === 0) return;
    failure = '';
    show(asked.ids, asked.processed);
    if (!isUndo) history.push(asked);
    sending = sending.then(async () => {
      if (await sendMark(asked)) return settle(asked.ids);
      for (const id of asked.ids) marks.delete(id);
      const place = history.lastIndexOf(asked);
      if (place >= 0) history.splice(place, 1);
      failure = NOT_SAVED;
      outside.refresh();
    });
  }

  return {
    get rows() {
      return rows;
    },
    /** How many arrived and are not shown yet. */
    get waiting() {
      return waiting;
    },
    get toDo() {
      return Math.max(0, counts.toDo);
    },
    get processed() {
      return Math.max(0, counts.processed);
    },
    get lastMark() {
      return history.at(-1);
    },
    get failure() {
      return failure;
    },
    current,
    hear,
    mark,
    /** Takes the last mark back; again, the one before it. */
    undo() {
      const last = history.pop();
      if (last) mark({ ids: last.ids, processed: !last.processed }, true);
    },
    /** Shows what has arrived and was kept back. */
    showWaiting: () => held.clear(),
    /** Remembers a mark that the page was loaded with, so that it can be taken back. */
    remember: (made: Mark) => void history.push(made),
  };
}
