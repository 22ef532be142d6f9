import type { z } from 'zod';
import type { ApiRoute } from './api-route.ts';
import type { FieldError } from './domain-error.ts';
import { PlatformError } from './platform-error.ts';

/** The parameters in a path, as they stand there. */
export type RouteParameters = Readonly<Record<string, string>>;

// A small request with thousands of faults is not told of each: the answer would be many times its size.
const MOST_FAULTS = 20;

const JSON_TYPE = /^application\/json(?:; ?charset="?utf-8"?)?$/i;

const UTF8 = new TextDecoder('utf-8', { fatal: true });
const NO_PARAMETERS = new URLSearchParams();

/** Path parameters; what cannot name a row does not exist. */
export function parseParams(route: ApiRoute<never>, raw: RouteParameters): unknown {
  if (!route.params) return undefined;
  const parsed = route.params.safeParse(raw);
  if (!parsed.success) throw new PlatformError('not-found', 'There is nothing at this address.');
  return parsed.data;
}

/** Query parameters; unknown, repeated and malformed ones are refused by name. */
export function parseQuery(route: ApiRoute<never>, url: string): unknown {
  const parameters = url.includes('?') ? new URL(url).searchParams : NO_PARAMETERS;
  const given = new Map<string, string>();
  const faults: FieldError[] = [];
  for (const [name, value] of parameters) {
    if (given.has(name)) faults.push({ pointer: `?${name}`, detail: 'is given twice' });
    else if (!route.query || !Object.hasOwn(route.query.shape, name))
      faults.push({ pointer: `?${name}`, detail: 'is not a parameter of this address' });
    given.set(name, value);
  }
  const parsed = faults.length === 0 ? route.query?.safeParse(Object.fromEntries(given)) : undefined;
  if (parsed && !parsed.success)
    faults.push(
      ...parsed.error.issues.map((issue) => ({ pointer: `?${issue.path.join('.')}`, detail: issue.message })),
    );
  if (faults.length > 0) {
    const errors = faults.slice(0, MOST_FAULTS);
    throw new PlatformError(
      'bad-request',
      `Mend the query: ${errors.map((fault) => `${fault.pointer.slice(1)} ${fault.detail}`).join('; ')}.`,
      { errors },
    );
  }
  return parsed?.data;
}

/** A JSON body, checked against the route's schema. */
export function parseJsonBody(route: ApiRoute<never>, contentType: string | null, bytes: Uint8Array): unknown {
  return route.body && parseJson(route.body, contentType, bytes);
}

/** A JSON body, checked against a schema; for routes that look at the bytes before they read them. */
export function parseJson<Schema extends z.ZodType>(
  schema: Schema,
  contentType: string | null,
  bytes: Uint8Array,
): z.output<Schema> {
  if (!JSON_TYPE.test(contentType ?? '')) {
    throw new PlatformError('unsupported-media-type', 'Send the body as application/json in UTF-8.');
  }
  const parsed = schema.safeParse(readJson(bytes));
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap(fieldErrors).slice(0, MOST_FAULTS);
  throw new PlatformError(
    'invalid',
    `Mend these fields: ${errors.map((fault) => `${fault.pointer} ${fault.detail}`).join('; ')}.`,
    { errors },
  );
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(UTF8.decode(bytes));
  } catch (cause) {
    throw new PlatformError('bad-request', 'The body is not readable JSON in UTF-8.', { cause });
  }
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerOf([...issue.path, key]),
      detail: 'is not a field of this request',
    }));
  }
  return [{ pointer: pointerOf(issue.path), detail: issue.message }];
}

// JSON Pointer, RFC 6901.
function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
