import { ImportError } from './import-errors.ts';

/** What a text says about a time: a start and, where the format has a second clock or day, an end. */
export interface ReadTime {
  start: Temporal.PlainDateTime;
  end?: Temporal.PlainDateTime;
}

export type TimeFormat = (text: string) => ReadTime | undefined;

type Part = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'half';
type Parts = Partial<Record<Part, number>>;

const LONGEST_NIGHT_HOURS = 12;
const TOKENS: Record<string, [Part | undefined, string]> = {
  yyyy: ['year', String.raw`\d{4}`],
  yy: ['year', String.raw`\d{2}`],
  MMMM: ['month', String.raw`\p{L}[\p{L}\p{M}.]*`],
  MMM: ['month', String.raw`\p{L}[\p{L}\p{M}.]*`],
  MM: ['month', String.raw`\d{2}`],
  M: ['month', String.raw`\d{1,2}`],
  dd: ['day', String.raw`\d{2}`],
  d: ['day', String.raw`\d{1,2}`],
  EEEE: [undefined, String.raw`[\p{L}\p{M}.]+`],
  EEE: [undefined, String.raw`[\p{L}\p{M}.]+`],
  HH: ['hour', String.raw`\d{2}`],
  H: ['hour', String.raw`\d{1,2}`],
  hh: ['hour', String.raw`\d{2}`],
  h: ['hour', String.raw`\d{1,2}`],
  mm: ['minute', String.raw`\d{2}`],
  ss: ['second', String.raw`\d{2}`],
  a: ['half', String.raw`[AaPp]\.?[Mm]\.?`],
};
const PIECE = /'([^']*)'|yyyy|yy|MMMM|MMM|MM|M|dd|d|EEEE|EEE|HH|H|hh|h|mm|ss|a|./gsu;

/**
 * Compiles a format such as `d MMMM yyyy HH:mm`. A second hour or day makes it a range (`HH:mm - HH:mm`,
 * `d MMM - d MMM yyyy`); what one half leaves out, the other says. Month names are those of `language`.
 */
export function compileTimeFormat(format: string, language: string): TimeFormat {
  const months = monthNames(language);
  const order: { part: Part; token: string }[] = [];
  let pattern = '';
  for (const [piece, quoted] of format.matchAll(PIECE)) {
    const token = TOKENS[piece];
    if (token) {
      pattern += token[0] ? `(${token[1]})` : token[1];
      if (token[0]) order.push({ part: token[0], token: piece });
    } else pattern += literal(quoted ?? piece);
  }
  const has = (part: Part) => order.some((item) => item.part === part);
  if (!has('year') || !has('month') || !has('day') || !has('hour')) {
    throw new ImportError(
      `The format “${format}” needs a year, a month, a day and an hour, e.g. “d MMMM yyyy HH:mm”. Columns are put together by a template such as "{date} {time}".`,
    );
  }
  const expression = new RegExp(`^${pattern}$`, 'iu');
  return (text) => {
    const match = expression.exec(text.replaceAll(/\s+/gu, ' ').trim());
    if (!match) return undefined;
    const halves: [Parts, Parts] = [{}, {}];
    for (const [index, { part, token }] of order.entries()) {
      const value = readPart(match[index + 1] ?? '', part, token, months);
      if (value === undefined) return undefined;
      const half = halves[0][part] === undefined ? halves[0] : halves[1];
      if (half[part] !== undefined) return undefined;
      half[part] = value;
    }
    return toTimes(halves);
  };
}

function literal(text: string): string {
  if (/^\s+$/u.test(text)) return String.raw`\s*`;
  if (/^[-–—]$/u.test(text)) return '[-–—]';
  return RegExp.escape(text);
}

function monthNames(language: string): Map<string, number> {
  const names = new Map<string, number>();
  for (let month = 1; month <= 12; month++) {
    const day = Temporal.PlainDate.from({ year: 2000, month, day: 15 });
    for (const width of ['long', 'short'] as const) {
      // With a day beside it a month may be declined, e.g. in Polish.
      for (const withDay of [{}, { day: 'numeric' }] as const) {
        const parts = new Intl.DateTimeFormat(language, { month: width, ...withDay }).formatToParts(day);
        names.set(bare(parts.find((part) => part.type === 'month')?.value ?? ''), month);
      }
    }
  }
  return names;
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll('.', '').normalize('NFC');
}

function readPart(text: string, part: Part, token: string, months: Map<string, number>): number | undefined {
  if (token === 'MMM' || token === 'MMMM') {
    const name = bare(text);
    return months.get(name) ?? (name === 'sept' ? months.get('sep') : undefined);
  }
  if (part === 'half') return /^p/i.test(text) ? 12 : 0;
  const number = Number(text);
  if (token === 'yy') return 2000 + number;
  if (token.startsWith('h') && (number < 1 || number > 12)) return undefined;
  return number;
}

function toTimes([first, second]: [Parts, Parts]): ReadTime | undefined {
  if (second.half !== undefined || first.half === undefined) {
    const start = toPlain(first, second);
    return start && withEnd(start, first, second, second.half);
  }
  // “6:30 - 7:45 PM” says the half of the day once; the start is in the same half unless it would come after the end.
  const start = toPlain(first, second);
  if (!start || second.hour === undefined) return start && withEnd(start, first, second, first.half);
  const end = toPlain({ ...first, ...second, half: first.half }, first);
  if (!end) return undefined;
  if (Temporal.PlainDateTime.compare(start, end) < 0) return { start, end };
  const earlier = start.subtract({ hours: 12 });
  return earlier.toPlainDate().equals(start.toPlainDate()) ? { start: earlier, end } : { start, end };
}

function withEnd(
  start: Temporal.PlainDateTime,
  first: Parts,
  second: Parts,
  half: number | undefined,
): ReadTime | undefined {
  if (second.hour === undefined && second.day === undefined) return { start };
  const end = toPlain({ ...first, ...second, ...(half !== undefined && { half }) }, {});
  if (!end) return undefined;
  if (second.day !== undefined || Temporal.PlainDateTime.compare(start, end) < 0) return { start, end };
  // A clock range that runs past midnight ends on the next day, while that makes a night and not a slip.
  const nextDay = end.add({ days: 1 });
  return { start, end: nextDay.since(start).total('hours') <= LONGEST_NIGHT_HOURS ? nextDay : end };
}

function toPlain(parts: Parts, other: Parts): Temporal.PlainDateTime | undefined {
  const { hour = 0, half, minute = 0, second = 0 } = parts;
  const year = parts.year ?? other.year;
  const month = parts.month ?? other.month;
  const day = parts.day ?? other.day;
  if (year === undefined || month === undefined || day === undefined) return undefined;
  try {
    const hourOfDay = half === undefined ? hour : (hour % 12) + half;
    return Temporal.PlainDateTime.from({ year, month, day, hour: hourOfDay, minute, second }, { overflow: 'reject' });
  } catch {
    return undefined;
  }
}
