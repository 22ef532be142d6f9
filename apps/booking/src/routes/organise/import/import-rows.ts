import { withoutRepetition } from '#server/imports/import-report.ts';
import type { ImportResult } from '#server/imports/import-schedule.ts';
import { shown } from '#server/imports/plain-text.ts';
import type { PlannedEvent } from '#server/imports/plan-import.ts';
import { showWall } from '#server/imports/wall-clock.ts';
import { IMPORT } from './import-texts.ts';

export type Outcome = keyof typeof IMPORT.outcomes;

/** What becomes of a line of the file. */
export interface ImportRow {
  where: string;
  outcome: Outcome;
  /** Title, and when and with whom; empty for what is no event. */
  title: string;
  about: string;
  details: string[];
}

export interface ImportRows {
  rows: ImportRow[];
  /** Lines with the same outcome that are not shown. */
  hidden: Partial<Record<Outcome, number>>;
  counts: Record<Outcome, number>;
}

const VALUE_MOST = 60;
const REASON_MOST = 300;
// What needs reading is shown whole; of what goes well so many are enough.
const SHOWN_MOST: Record<Outcome, number> = { refused: 2000, changed: 2000, new: 100, out: 100, same: 20 };

/** The lines of a report, those to read first. */
export function importRowsOf(result: ImportResult): ImportRows {
  const groups: Record<Outcome, ImportRow[]> = {
    refused: withoutRepetition(result.refused).map(({ where, field, value, reason }) => ({
      where,
      outcome: 'refused',
      title: '',
      about: '',
      details: [IMPORT.fieldValue(shown(field), shown(value), shown(reason, REASON_MOST))],
    })),
    changed: result.change.map((event) => ({
      ...eventRow(event, 'changed'),
      details: [
        ...event.words.map(({ field, from, to }) => IMPORT.change(field, shown(from), shown(to))),
        ...event.notes.map((note) => shown(note, REASON_MOST)),
      ],
    })),
    new: result.create.map((event) => eventRow(event, 'new')),
    out: result.skipped.map(({ where, value, reason }) => ({
      where,
      outcome: 'out',
      title: shown(value, VALUE_MOST),
      about: '',
      details: [shown(reason, REASON_MOST)],
    })),
    same: result.leave.map((event) => {
      const row = eventRow(event, 'same');
      return event.reason ? { ...row, details: [event.reason, ...row.details] } : row;
    }),
  };
  const outcomes = Object.keys(groups) as Outcome[];
  const counts = Object.fromEntries(outcomes.map((one) => [one, groups[one].length])) as Record<Outcome, number>;
  return {
    rows: outcomes.flatMap((one) => groups[one].slice(0, SHOWN_MOST[one])),
    hidden: Object.fromEntries(
      outcomes.flatMap((one) => {
        const more = counts[one] - SHOWN_MOST[one];
        return more > 0 ? [[one, more]] : [];
      }),
    ),
    // A series that is refused stands there once, and counts as the lines it is.
    counts: { ...counts, refused: result.refused.length },
  };
}

function eventRow(event: PlannedEvent, outcome: Outcome): ImportRow {
  return {
    where: shown(event.where, 120),
    outcome,
    title: event.fields.title,
    about: `${showWall(event.startsAt)}, ${event.fields.time_zone} · ${event.facilitator.name}`,
    details: event.notes.map((note) => shown(note, REASON_MOST)),
  };
}
