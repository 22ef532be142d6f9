import { createHash } from 'node:crypto';
import { RowRefused } from './import-errors.ts';
import { withDays } from './join-rows.ts';
import { LONGEST_MINUTES } from './read-value.ts';
import type { EventDraft } from './schedule.ts';
import { moveWeeks, placeOnEarth } from './wall-clock.ts';

/** The columns of an event as the file states them; absent ones are left alone. */
export interface EventFields {
  title: string;
  description: string;
  event_type: string;
  date_time: Date;
  duration: number;
  max_participants: number;
  price: number;
  time_zone: string;
  currency?: string;
  is_active?: boolean;
  place?: string;
  online?: boolean;
  practice?: string;
  level?: string;
  summary?: string;
}

export interface SettledEvent {
  where: string;
  fields: EventFields;
  /** The start on the wall of its zone, for people. */
  startsAt: Temporal.PlainDateTime;
  notes: string[];
}

/** Moves a draft by whole weeks and places it on earth. Throws RowRefused when its times cannot be. */
export function settleEvent(draft: EventDraft, weeks: number): SettledEvent {
  const start = moveWeeks(draft.start, weeks);
  const placed = placeOnEarth(start, 'date_time');
  const notes = [...draft.notes];
  if (placed.note) notes.push(placed.note);
  let duration: number;
  if ('minutes' in draft.end) duration = draft.end.minutes;
  else {
    const end = moveWeeks(draft.end, weeks);
    const placedEnd = placeOnEarth(end, 'end');
    // What lasts from six to seven on the wall may last two hours, or none, in the night the clocks change.
    duration = Math.round(placed.instant.until(placedEnd.instant).total('minutes'));
    if (duration <= 0) throw new RowRefused('end', end.plain.toString(), `is not after it starts (${start.plain})`);
    if (duration > LONGEST_MINUTES)
      throw new RowRefused('end', end.plain.toString(), 'is more than a year after the start');
  }
  const { title, event_type, max_participants, price, currency, is_active, place, online, practice, level, summary } =
    draft;
  const days = draft.days?.map((day) => ({ start: moveWeeks(day.start, weeks), end: moveWeeks(day.end, weeks) }));
  const stated = { currency, is_active, place, online, practice, level, summary };
  const fields: EventFields = {
    title,
    description: days && days.length > 1 ? withDays(draft.description, days) : draft.description,
    event_type,
    date_time: new Date(placed.instant.epochMilliseconds),
    duration,
    max_participants,
    price,
    time_zone: start.zone,
    ...Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== undefined)),
  };
  return { where: draft.where, fields, startsAt: start.plain, notes };
}

export interface KeyParts {
  kind: 'csv' | 'calendar';
  source: string | undefined;
  facilitatorEmail: string;
  same: string[] | undefined;
  title: string;
  startsAt: Temporal.PlainDateTime;
  weeks: number;
}

/**
 * What makes a row the same row the next time: its own name (`same`, `uid`, a calendar's UID and day), else
 * facilitator, title and local time. Without a named source the facilitator is part of it, so that class 17 of one
 * studio is not class 17 of another. A copy moved to other weeks is another event.
 */
export function importKey(parts: KeyParts): string {
  const { kind, source, same } = parts;
  const moved = parts.weeks === 0 ? [] : [`${parts.weeks} weeks`];
  const owner = source === undefined && !(kind === 'calendar' && same) ? [parts.facilitatorEmail] : [];
  const own = same ? ['same', ...same, ...moved] : [parts.facilitatorEmail, parts.title, parts.startsAt.toString()];
  const words = [...owner, ...own].map((word) => word.normalize('NFC').replaceAll(/\s+/gu, ' ').trim());
  const digest = createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 40);
  return `${source ?? kind}:${digest}`;
}
