import fc from 'fast-check';

/** The part of JSON Schema that our documents use. */
export interface JsonSchema {
  type?: string;
  format?: string;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  multipleOf?: number;
  items?: JsonSchema;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean;
}

/** Values that a described field refuses, and which of its constraints they break. */
export interface Breach {
  constraint: string;
  values: fc.Arbitrary<unknown>;
}

/** Fields that say in words what no keyword of JSON Schema can, or that name a row. */
export type Special = Readonly<Record<string, fc.Arbitrary<unknown>>>;

// Several scripts, what means something to HTML, SQL, CSV and mail, and nothing that normalising changes.
const CHARACTERS = [...'aZ09-_\'"<>&%;,.()=@#$\\/{}|éßøŁ日本語한العربनमसт🧘💻'];
const MOST_TEXT = 40;
const MILLISECONDS_9999 = Date.parse('9999-12-31T23:59:59Z');

/** Values that a described field takes. */
export function validValues(schema: JsonSchema, special: Special = {}, name = ''): fc.Arbitrary<unknown> {
  const known = special[name];
  if (known) return known;
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => validValues(one, special)));
  const instants = fc.date({ min: new Date(0), max: new Date(MILLISECONDS_9999), noInvalidDate: true });
  if (schema.format === 'date-time') return instants.map((date) => date.toISOString());
  if (schema.format === 'date') return instants.map((date) => date.toISOString().slice(0, 10));
  if (schema.format === 'email') return validEmails(schema.maxLength ?? 120);
  switch (schema.type) {
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'integer':
      return validIntegers(schema);
    case 'number':
      return fc.integer({ min: 0, max: (schema.maximum ?? 1e6) * 100 }).map((cents) => cents / 100);
    case 'array':
      return fc.array(validValues(schema.items ?? {}, special), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 5, 20),
      });
    case 'object':
      return validObjects(schema, special);
    default:
      return schema.pattern ? fc.stringMatching(new RegExp(schema.pattern)) : validTexts(schema);
  }
}

function validIntegers({ minimum, exclusiveMinimum, maximum }: JsonSchema): fc.Arbitrary<number> {
  const min = minimum ?? (exclusiveMinimum === undefined ? 0 : exclusiveMinimum + 1);
  const max = maximum ?? Number.MAX_SAFE_INTEGER;
  return fc.oneof(
    fc.integer({ min, max }),
    fc.integer({ min, max: Math.min(max, min + 9) }),
    fc.constantFrom(min, max),
  );
}

function validTexts({ minLength = 0, maxLength = 200 }: JsonSchema): fc.Arbitrary<string> {
  const ofLength = (min: number, max: number) =>
    fc.array(fc.constantFrom(...CHARACTERS), { minLength: min, maxLength: max }).map((all) => all.join(''));
  return fc.oneof(
    { arbitrary: ofLength(minLength, Math.max(minLength, Math.min(maxLength, MOST_TEXT))), weight: 8 },
    ofLength(minLength, minLength),
    ofLength(1, 1)
      .map((one) => one.repeat(maxLength / one.length).slice(0, maxLength))
      .map(wellFormed),
  );
}

// Half a character at the end, where a long one was cut.
const wellFormed = (text: string) => (text.isWellFormed() ? text : text.slice(0, -1));

function validEmails(maxLength: number): fc.Arbitrary<string> {
  const domains = ['example.org', 'mail.example.com', 'a-b.co', `${'long.'.repeat(8)}example.org`];
  return fc
    .tuple(fc.stringMatching(/^[a-zA-Z0-9]([a-z0-9_+-]|\.[a-z0-9]){0,20}[a-z0-9]$/), fc.constantFrom(...domains))
    .map(([local, domain]) => `${local.slice(0, maxLength - domain.length - 1)}@${domain}`);
}

function validObjects(schema: JsonSchema, special: Special): fc.Arbitrary<Record<string, unknown>> {
  const { properties = {}, required = [] } = schema;
  const fields = Object.entries(properties).map(([name, one]) => [name, validValues(one, special, name)] as const);
  return fc.record(Object.fromEntries(fields), { requiredKeys: required, noNullPrototype: true });
}

const TYPES: Readonly<Record<string, unknown[]>> = {
  string: ['text', '', '1', 'true', 'null'],
  integer: [7],
  number: [7, 1.5],
  boolean: [true, false],
  null: [null],
  array: [[], [1], ['text']],
  object: [{}, { a: 1 }],
};

/** What breaks each constraint of a described value, one at a time. */
export function breachesOf(schema: JsonSchema): Breach[] {
  const types = schema.anyOf ? schema.anyOf.map(({ type }) => type ?? '') : [schema.type ?? ''];
  const others = Object.entries(TYPES)
    .filter(([type]) => !types.includes(type) && !(type === 'integer' && types.includes('number')))
    .flatMap(([, values]) => values)
    .filter((value) => !(types.includes('integer') && Number.isInteger(value)));
  const breaches: Breach[] = [];
  const add = (constraint: string, values: fc.Arbitrary<unknown>) => breaches.push({ constraint, values });
  if (types[0] !== '') add('type', fc.constantFrom(...others));
  for (const one of schema.anyOf ?? [schema]) {
    if (one.enum)
      add(
        'enum',
        fc.constantFrom('', 'other', ` ${one.enum[0]}`, `${one.enum[0]}s`, String(one.enum[0]).toUpperCase()),
      );
    else if (one.type === 'string') addTextBreaches(one, add);
    if (one.type === 'integer') add('integer', fc.constantFrom(1.5, 7.000001, 1e-7));
    if (one.multipleOf) add('multipleOf', fc.constantFrom(1.005, 0.001, 9.999, 1e-9));
    addNumberBreaches(one, add);
    if (one.type === 'array') addArrayBreaches(one, add);
  }
  return breaches;
}

type Add = (constraint: string, values: fc.Arbitrary<unknown>) => void;

function addTextBreaches({ minLength, maxLength, format, pattern }: JsonSchema, add: Add): void {
  if (minLength)
    add(
      'minLength',
      fc.nat({ max: minLength - 1 }).map((length) => 'a'.repeat(length)),
    );
  if (maxLength)
    add(
      'maxLength',
      fc.integer({ min: maxLength + 1, max: maxLength + 600 }).map((length) => 'b'.repeat(length)),
    );
  if (format === 'date-time' || format === 'date') {
    add(
      'format',
      fc.constantFrom('', 'today', '2030-02-30T10:00:00Z', '2030-13-01', '2030-01-01T25:00:00Z', '1', '٢٠٣٠-٠١-٠١'),
    );
  } else if (format === 'email') {
    add(
      'format',
      fc.constantFrom(
        '',
        'ana',
        'ana@',
        '@example.org',
        'a b@example.org',
        'ana@example',
        'a@b@example.org',
        'ana@-.org',
      ),
    );
  } else if (pattern) add('pattern', fc.constantFrom('', ' ', 'eur', 'EURO', 'E R', '€€€', 'EUR\n'));
  // What no text of ours holds: nothing that a person typed has these.
  else add('characters', fc.constantFrom('a\0b', '\ud800', 'a\udfff', '\0'));
}

function addNumberBreaches({ type, minimum, exclusiveMinimum, maximum }: JsonSchema, add: Add): void {
  if (type !== 'integer' && type !== 'number') return;
  const least = minimum ?? (exclusiveMinimum === undefined ? undefined : exclusiveMinimum + 1);
  if (least !== undefined) add('minimum', fc.oneof(fc.constant(least - 1), fc.integer({ min: -1e9, max: least - 1 })));
  // Beyond what a number of JavaScript holds exactly there is nothing to tell apart.
  if (maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER) {
    add(
      'maximum',
      fc.oneof(fc.constantFrom(maximum + 1, 1e308), fc.integer({ min: maximum + 1, max: maximum + 1000 })),
    );
  }
}

function addArrayBreaches({ items, minItems, maxItems }: JsonSchema, add: Add): void {
  if (minItems) add('minItems', fc.constant([]));
  if (maxItems) add('maxItems', fc.constant(Array.from({ length: maxItems + 1 }, (_, index) => index + 1)));
  for (const { constraint, values } of items?.type ? breachesOf(items) : []) {
    add(
      `items ${constraint}`,
      values.map((value) => [1, value]),
    );
  }
}
