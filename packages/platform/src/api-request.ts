import type { z } from 'zod';
import type { ApiRoute } from './api-route.ts';
import type { FieldError } from './domain-error.ts';
import { PlatformError } from './platform-error.ts';

export const DEFAULT_BODY_BYTES = 64 * 1024;

const JSON_TYPE = /^application\/json(?:; ?charset="?utf-8"?)?$/i;

/** The bytes of a request's body; stops reading past the limit. */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = new PlatformError('payload-too-large', `The body has ${maxBytes} bytes at most.`);
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge;
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** Path parameters; what cannot name a row does not exist. */
export function parseParams(route: ApiRoute<never>, raw: Record<string, string>): unknown {
  if (!route.params) return undefined;
  const parsed = route.params.safeParse(raw);
  if (!parsed.success) throw new PlatformError('not-found', 'There is nothing at this address.');
  return parsed.data;
}

/** Query parameters; unknown, repeated and malformed ones are refused by name. */
export function parseQuery(route: ApiRoute<never>, url: URL): unknown {
  const given = new Map<string, string>();
  const faults: FieldError[] = [];
  for (const [name, value] of url.searchParams) {
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
    throw new PlatformError(
      'bad-request',
      `Mend the query: ${faults.map((fault) => `${fault.pointer.slice(1)} ${fault.detail}`).join('; ')}.`,
      { errors: faults },
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
  const errors = parsed.error.issues.flatMap(fieldErrors);
  throw new PlatformError(
    'invalid',
    `Mend these fields: ${errors.map((fault) => `${fault.pointer} ${fault.detail}`).join('; ')}.`,
    { errors },
  );
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
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
