import { z } from 'zod';
import { isDelimiter } from './csv-source.ts';
import { ENCODINGS } from './file-text.ts';
import { ImportError } from './import-errors.ts';
import { isCurrency } from './read-value.ts';
import { findZone } from './wall-clock.ts';

/** The fields of an event that a file can give, in the order of the documented header. */
export const FIELDS = [
  'title',
  'description',
  'event_type',
  'date_time',
  'end',
  'duration',
  'max_participants',
  'price',
  'currency',
  'facilitator_name',
  'facilitator_email',
  'time_zone',
  'place',
  'online',
  'practice',
  'level',
  'summary',
  'is_active',
  'uid',
] as const;
export type Field = (typeof FIELDS)[number];

const text = z.string('is text in quotes').min(1, 'is empty');
const scalar = z
  .union([z.string(), z.number(), z.boolean()], 'is text, a number, true or false')
  .transform((value) => String(value));
const zone = text
  .refine((value) => findZone(value) !== undefined, 'is no time zone such as Europe/Lisbon')
  .transform((value) => findZone(value) ?? value);
const formats = z.union([text.transform((one) => [one]), z.array(text).min(1)], 'is a format, or a list of formats');

const condition = z
  .strictObject({ column: text, equals: z.string().optional(), matches: z.string().optional() })
  .refine((value) => (value.equals === undefined) !== (value.matches === undefined), 'has either “equals” or “matches”')
  .refine(
    (value) => value.matches === undefined || isExpression(value.matches),
    'has no valid expression in “matches”',
  );

const mappingSchema = z.strictObject({
  /** Whose file it is; keys of two sources never meet. */
  source: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{0,39}$/, 'is a short name of a-z, 0-9, dots and dashes')
    .optional(),
  encoding: z.enum(ENCODINGS, `is one of ${ENCODINGS.join(', ')}`).optional(),
  delimiter: z.string().refine(isDelimiter, 'is one of , ; | or a tab').optional(),
  language: z.string().refine(isLanguage, 'is a language such as en or nl').default('en'),
  time_zone: zone.optional(),
  zones: z.record(z.string(), zone).default({}).transform(asMap),
  columns: z.partialRecord(z.enum(FIELDS), text).optional(),
  formats: z
    .strictObject({
      date_time: formats.optional(),
      end: formats.optional(),
      duration: z.enum(['minutes', 'hours', 'days'], 'is minutes, hours or days').default('minutes'),
      price: z.strictObject({ decimal: z.enum([',', '.'], 'is "," or "."') }).optional(),
    })
    .default({ duration: 'minutes' }),
  defaults: z.partialRecord(z.enum(FIELDS), scalar).default({}),
  values: z.partialRecord(z.enum(FIELDS), z.record(z.string(), scalar)).default({}),
  facilitators: z.record(z.string(), z.string()).default({}).transform(asMap),
  skip: z.array(z.intersection(condition, z.looseObject({ reason: text }))).default([]),
  together: z.array(condition).default([]),
  same: z.array(text).min(1).optional(),
});

export type Mapping = z.output<typeof mappingSchema>;
export type Condition = z.output<typeof condition>;

export const NO_MAPPING: Mapping = mappingSchema.parse({});

/** Reads a mapping file. Throws an ImportError with a line for each thing that is wrong. */
export function readMapping(json: string): Mapping {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new ImportError(`The mapping is not JSON: ${(error as Error).message}`);
  }
  const parsed = mappingSchema.safeParse(value);
  if (!parsed.success) throw new ImportError(parsed.error.issues.map(issueLine).join('\n'));
  const mapping = parsed.data;
  const currency = mapping.defaults.currency;
  if (currency !== undefined && !isCurrency(currency)) {
    throw new ImportError(`The mapping's defaults.currency “${currency}” is no currency code such as EUR.`);
  }
  return mapping;
}

/** Whether a row's columns meet a condition; a column the file does not have is a mistake of the mapping. */
export function meets(condition: Condition, columns: Record<string, string>): boolean {
  const value = (columns[condition.column] ?? '').trim();
  if (condition.equals !== undefined) return value === condition.equals.trim();
  return new RegExp(condition.matches ?? '', 'iu').test(value);
}

function issueLine(issue: z.core.$ZodIssue): string {
  const place = issue.path.length > 0 ? `The mapping's ${issue.path.join('.')}` : 'The mapping';
  if (issue.code === 'unrecognized_keys') {
    const words = `${place} has “${issue.keys.join('”, “')}”`;
    const isOfFields = ['columns', 'defaults', 'values'].includes(String(issue.path[0]));
    return isOfFields
      ? `${words}, which is no field of an event; these are: ${FIELDS.join(', ')}.`
      : `${words}, which means nothing here.`;
  }
  return `${place} ${issue.message}.`;
}

// A map, because values of a file may be called `constructor`.
function asMap(record: Record<string, string>): ReadonlyMap<string, string> {
  return new Map(Object.entries(record));
}

function isExpression(pattern: string): boolean {
  try {
    new RegExp(pattern, 'iu');
    return true;
  } catch {
    return false;
  }
}

function isLanguage(language: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(language).length > 0;
  } catch {
    return false;
  }
}
