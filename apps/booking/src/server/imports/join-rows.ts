import { LONGEST_MINUTES } from './read-value.ts';
import type { EventDraft, Refusal } from './schedule.ts';
import { showWall, type Wall } from './wall-clock.ts';

export interface Joined {
  drafts: EventDraft[];
  refused: Refusal[];
  notes: string[];
}

/**
 * Puts rows together that are the days of one training: same title, same facilitator. The event runs from the first
 * start to the last end, as a retreat that is booked once.
 */
export function joinRows(rows: EventDraft[]): Joined {
  const joined: Joined = { drafts: [], refused: [], notes: [] };
  const groups = Map.groupBy(rows, ({ title, facilitator }) =>
    JSON.stringify([title, facilitator.email ?? '', facilitator.name ?? '']),
  );
  for (const group of groups.values()) {
    const days = group
      .map((draft) => ({ draft, start: draft.start, end: endWall(draft) }))
      .sort((one, other) => Temporal.PlainDateTime.compare(one.start.plain, other.start.plain));
    const first = days[0];
    const last = days.at(-1);
    if (!first || !last) continue;
    const where = group.map((draft) => draft.where).join(', ');
    const minutes = first.start.plain.until(last.end.plain).total('minutes');
    if (minutes > LONGEST_MINUTES) {
      const reason = 'lasts more than a year when its rows are put together';
      joined.refused.push({ where, field: 'date_time', value: first.draft.title, reason });
      continue;
    }
    const times = days.map(({ start, end }) => ({ start, end }));
    joined.drafts.push({
      ...first.draft,
      where,
      event_type: 'retreat',
      start: first.start,
      end: last.end,
      days: times,
    });
    if (group.length > 1) joined.notes.push(`${where} are one event: ${first.draft.title}`);
  }
  return joined;
}

/** The description with its days below, e.g. `- Thu 2 Feb 2017 09:30–18:00`. */
export function withDays(description: string, days: { start: Wall; end: Wall }[]): string {
  const lines = days.map(
    ({ start, end }) => `- ${showWall(start.plain)}–${end.plain.toPlainTime().toString({ smallestUnit: 'minute' })}`,
  );
  return [description, lines.join('\n')].filter((part) => part !== '').join('\n\n');
}

function endWall({ start, end }: EventDraft): Wall {
  if ('plain' in end) return end;
  return { plain: start.plain.add({ minutes: end.minutes }), zone: start.zone };
}
