export interface FieldError {
  /** JSON pointer into the request body, e.g. `/price`; query and path parameters are `?limit` and `{id}`. */
  pointer: string;
  detail: string;
}

/** A limit that is used up, as programs are told of it. */
export interface UsedUpLimit {
  name: string;
  /** Requests allowed in the window. */
  points: number;
  seconds: number;
}

/**
 * A refusal that is part of the interface: a stable code for programs, a sentence for people.
 * It knows no HTTP; each application maps its codes to statuses in one place.
 */
export class DomainError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly errors: FieldError[] | undefined;
  /** Further members of the problem document, e.g. `{ seats_left: 2 }`. */
  readonly extensions: Record<string, unknown> | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly usedUp: UsedUpLimit | undefined;

  constructor(
    code: Code,
    detail: string,
    more: {
      errors?: FieldError[];
      extensions?: Record<string, unknown>;
      retryAfterSeconds?: number;
      usedUp?: UsedUpLimit;
      cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: more.cause });
    this.name = 'DomainError';
    this.code = code;
    this.errors = more.errors;
    this.extensions = more.extensions;
    this.retryAfterSeconds = more.retryAfterSeconds;
    this.usedUp = more.usedUp;
  }
}
