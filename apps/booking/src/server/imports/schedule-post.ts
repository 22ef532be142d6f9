import type { Schedule } from './read-schedule.ts';
import type { EventDraft } from './schedule.ts';
import type { Wall } from './wall-clock.ts';

interface PostedWall {
  plain: string;
  zone: string;
  exact?: string;
}

interface PostedDraft extends Omit<EventDraft, 'start' | 'end' | 'days'> {
  start: PostedWall;
  end: PostedWall | { minutes: number };
  days?: { start: PostedWall; end: PostedWall }[];
}

/** A schedule as one thread posts it to another, where times of the calendar cannot go as they are. */
export interface PostedSchedule extends Omit<Schedule, 'drafts'> {
  drafts: PostedDraft[];
}

export function postSchedule(schedule: Schedule): PostedSchedule {
  return {
    ...schedule,
    drafts: schedule.drafts.map(({ start, end, days, ...draft }) => ({
      ...draft,
      start: postWall(start),
      end: 'plain' in end ? postWall(end) : end,
      ...(days && { days: days.map((day) => ({ start: postWall(day.start), end: postWall(day.end) })) }),
    })),
  };
}

export function takeSchedule(posted: PostedSchedule): Schedule {
  return {
    ...posted,
    drafts: posted.drafts.map(({ start, end, days, ...draft }) => ({
      ...draft,
      start: takeWall(start),
      end: 'plain' in end ? takeWall(end) : end,
      ...(days && { days: days.map((day) => ({ start: takeWall(day.start), end: takeWall(day.end) })) }),
    })),
  };
}

function postWall({ plain, zone, exact }: Wall): PostedWall {
  return { plain: plain.toString(), zone, ...(exact && { exact: exact.toString() }) };
}

function takeWall({ plain, zone, exact }: PostedWall): Wall {
  return {
    plain: Temporal.PlainDateTime.from(plain),
    zone,
    ...(exact !== undefined && { exact: Temporal.Instant.from(exact) }),
  };
}
