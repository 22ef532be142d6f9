import { isDatabaseAway } from './database.ts';
import { DomainError, type FieldError } from './domain-error.ts';
import { PlatformError, type PlatformErrorCode } from './platform-error.ts';
import { retryHeaders } from './retry-headers.ts';

/** A problem document by RFC 9457. */
export interface Problem {
  type: string;
  code: string;
  title: string;
  status: number;
  detail: string;
  /** The id of the request, as in the log. */
  instance: string;
  errors?: FieldError[];
  [extension: string]: unknown;
}

// The only map from error codes to HTTP, with each application's own codes beside it.
const PLATFORM_STATUS: Record<PlatformErrorCode, number> = {
  'bad-request': 400,
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'payload-too-large': 413,
  'unsupported-media-type': 415,
  'too-many-requests': 429,
  unavailable: 503,
  internal: 500,
};

/** The problem document of an error. */
export function problemFor(error: unknown, statuses: Readonly<Record<string, number>>, requestId: string): Problem {
  const known = asDomainError(error);
  return {
    type: `/problems/${known.code}`,
    code: known.code,
    title: titleOf(known.code),
    status: statusOf(known.code, statuses) ?? 500,
    detail: known.message,
    instance: requestId,
    ...(known.errors && { errors: known.errors }),
    ...known.extensions,
  };
}

/** The HTTP status of an error code; `undefined` for one that nobody declared. */
export function statusOf(code: string, statuses: Readonly<Record<string, number>>): number | undefined {
  return statuses[code] ?? PLATFORM_STATUS[code as PlatformErrorCode];
}

/** What an unexpected error becomes: a database that is away says so, anything else tells nothing. */
export function asDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  if (isDatabaseAway(error)) {
    return new PlatformError(
      'unavailable',
      'The service is busy or its database is away. Try again in a few seconds.',
      {
        retryAfterSeconds: 2,
        cause: error,
      },
    );
  }
  return new PlatformError('internal', 'Something went wrong on our side. Quote the instance when you report it.', {
    cause: error,
  });
}

/** Headers that go with a refusal. */
export function problemHeaders(error: unknown, problem: Problem): Record<string, string> {
  return {
    'content-type': 'application/problem+json; charset=utf-8',
    ...(problem.status === 401 && { 'www-authenticate': 'Bearer' }),
    ...retryHeaders(asDomainError(error)),
  };
}

function titleOf(code: string): string {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
