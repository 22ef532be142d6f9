import type { ImportResult } from './import-schedule.ts';
import { shown } from './plain-text.ts';
import type { PlannedEvent } from './plan-import.ts';
import type { Refusal } from './schedule.ts';
import { showWall } from './wall-clock.ts';

export interface ReportOptions {
  file: string;
  rowCount: number;
  isApply: boolean;
  showsAll: boolean;
  now: Date;
}

const MOST_LISTED = 40;

/** What an import did or would do, as lines for a terminal. Values are shown so that none can steer it. */
export function importReport(result: ImportResult, options: ReportOptions): string {
  const { isApplied } = result;
  const lines: string[] = [`${shown(options.file, 200)}: ${count(options.rowCount, 'row')}`];
  if (result.weeks !== 0)
    lines.push(
      `Moved by ${count(Math.abs(result.weeks), 'week')} ${result.weeks > 0 ? 'on' : 'back'}, each at its time on the wall.`,
    );
  lines.push(...result.notes.map((note) => `Note: ${shown(note, 300)}`));
  const been = isApplied ? '' : 'that would be ';

  section(
    lines,
    `Facilitators ${been}added`,
    result.newFacilitators.map(({ name, email }) => `${shown(name)} <${shown(email, 120)}>`),
    options,
  );
  section(lines, `Events ${been}created`, result.create.map(eventLine), options);
  section(
    lines,
    `Events ${been}changed`,
    result.change.map(
      (event) =>
        `${eventLine(event)}: ${event.words.map(({ field, from, to }) => `${field} ${shown(from)} → ${shown(to)}`).join('; ')}`,
    ),
    { showsAll: true },
  );
  section(
    lines,
    'Left alone',
    result.leave.map((event) => eventLine(event) + (event.reason ? ` (${event.reason})` : '')),
    options,
  );
  section(
    lines,
    'Left out',
    result.skipped.map(({ where, value, reason }) => `${shown(where, 120)}  “${shown(value)}”: ${shown(reason, 200)}`),
    options,
  );
  section(
    lines,
    'Refused',
    withoutRepetition(result.refused).map(
      ({ where, field, value, reason }) =>
        `${shown(where, 120)}  ${shown(field)} “${shown(value)}” ${shown(reason, 300)}`,
    ),
    { showsAll: true, total: result.refused.length },
  );
  const past = result.create.filter((event) => event.fields.date_time <= options.now).length;
  if (past > 0)
    lines.push(
      '',
      `${count(past, 'created event')} started before now, so nobody can book ${past === 1 ? 'it' : 'them'}; --move-to moves a schedule to coming weeks.`,
    );
  lines.push('', summary(result), ending(result, options));
  return `${lines.join('\n')}\n`;
}

/** A series that cannot be read is refused once in a report, not once for each of its days. */
export function withoutRepetition(refusals: Refusal[]): Refusal[] {
  const groups = Map.groupBy(refusals, ({ where, field, value, reason }) =>
    JSON.stringify([where.replace(/, \d{4}-[\dT:-]+$/, ''), field, value, reason]),
  );
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    return [others.length === 0 ? first : { ...first, where: `${first.where} and ${others.length} more times` }];
  });
}

function section(
  lines: string[],
  title: string,
  items: string[],
  { showsAll, total = items.length }: { showsAll: boolean; total?: number },
) {
  if (items.length === 0) return;
  const listed = showsAll ? items : items.slice(0, MOST_LISTED);
  lines.push('', `${title}: ${total}`, ...listed.map((item) => `  ${item}`));
  if (listed.length < items.length) lines.push(`  … and ${items.length - listed.length} more; --all lists them`);
}

function eventLine(event: PlannedEvent): string {
  const notes = event.notes.map((note) => ` [${shown(note, 200)}]`).join('');
  return `${shown(event.where, 120)}  ${showWall(event.startsAt)} ${event.fields.time_zone}  ${shown(event.fields.title)}, ${shown(event.facilitator.name)}${notes}`;
}

function summary({ create, change, leave, skipped, refused }: ImportResult): string {
  return `${create.length} created, ${change.length} changed, ${leave.length} left alone, ${skipped.length} left out, ${refused.length} refused.`;
}

function ending(result: ImportResult, { isApply }: ReportOptions): string {
  const { refused, isApplied } = result;
  if (isApplied) return 'Done.';
  if (isApply) {
    return `Nothing was changed, because ${count(refused.length, 'row')} ${refused.length === 1 ? 'is' : 'are'} refused. Correct or skip them, or add --skip-refused to import the others.`;
  }
  return 'Nothing was changed: this is what --apply would do.';
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
