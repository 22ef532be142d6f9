import type { z } from 'zod';
import type { ApiCall } from './api-call.ts';
import type { DomainError } from './domain-error.ts';
import type { Log } from './log.ts';
import type { ReadyAnswer } from './ready-answer.ts';

export type Method = 'get' | 'post' | 'patch' | 'delete';

/** What a route receives beside its parsed input. */
export interface RequestContext<Who> {
  /** Who calls, as the route's declared caller promises it. */
  who: Who;
  requestId: string;
  /** The moment the request arrived. */
  now: Date;
  /** The caller's network: an IPv4 address, or the /64 of an IPv6 address. */
  network: string;
  log: Log;
  request: Pick<ApiCall, 'method' | 'url' | 'headers'>;
  /** The body's bytes as they came. */
  rawBody: Uint8Array<ArrayBuffer>;
}

export interface RouteInput<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
}

/**
 * One route of an API: the row of the route table, its documentation and its translation. `caller` says who may
 * call it and is checked before anything of the request is read; a route without it stops the start.
 */
export interface ApiRoute<Callers, Caller extends keyof Callers = keyof Callers> {
  method: Method;
  /** With parameters in braces: `/api/v1/events/{id}`. */
  path: string;
  caller: Caller;
  /** What a bearer that may not do everything has to be allowed; without it such a bearer is never enough. */
  scope?: string;
  tag: string;
  summary: string;
  description?: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** What a route reads itself once it knows who signed the bytes; for the documentation. */
  signedBody?: z.ZodType;
  /** Largest body in bytes, when it is not the server's default. */
  maxBodyBytes?: number;
  /** Whether it answers all strangers alike, so that one answer serves many; see `public-answers.ts`. */
  isPublic?: boolean;
  /** Whether an `Idempotency-Key` header is understood; for the documentation. */
  idempotent?: boolean;
  /** With a content type when it is not JSON from the first byte to the last, e.g. a stream. */
  success: { status: 200 | 201 | 204; schema?: z.ZodType; description: string; contentType?: string };
  /** Codes of the refusals particular to this route, for the documentation. */
  refusals?: readonly string[];
  /**
   * The refusal that memory alone can give, as `handle` would; `undefined` where somebody else has to be asked. The
   * caller is known from a moment ago, so nothing may be given on the strength of it.
   */
  refuseFromMemory?(
    input: RouteInput<never, never, never>,
    context: RequestContext<Callers[Caller]>,
  ): Promise<DomainError | undefined>;
  /** Answers the object to send, `undefined` with 204, bytes already made, or a whole Response, such as a stream. */
  handle(input: RouteInput<never, never, never>, context: RequestContext<Callers[Caller]>): Promise<unknown>;
}

type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

type Definition<
  Callers,
  Caller extends keyof Callers,
  Params extends z.ZodObject | undefined,
  Query extends z.ZodObject | undefined,
  Body extends z.ZodType | undefined,
  Success extends z.ZodType | undefined,
> = Omit<ApiRoute<Callers, Caller>, 'handle' | 'refuseFromMemory' | 'params' | 'query' | 'body' | 'success'> & {
  params?: Params;
  query?: Query;
  body?: Body;
  success: { status: 200 | 201 | 204; schema?: Success; description: string; contentType?: string };
  refuseFromMemory?(
    input: RouteInput<Output<Params>, Output<Query>, Output<Body>>,
    context: RequestContext<Callers[Caller]>,
  ): Promise<DomainError | undefined>;
  handle(
    input: RouteInput<Output<Params>, Output<Query>, Output<Body>>,
    context: RequestContext<Callers[Caller]>,
  ): Promise<(Success extends z.ZodType ? z.input<Success> : undefined) | ReadyAnswer | Response>;
};

/** Gives an application its `defineRoute`, which ties a route's handler to its schemas and its declared caller. */
export function routesFor<Callers>() {
  return function defineRoute<
    Caller extends keyof Callers,
    Params extends z.ZodObject | undefined = undefined,
    Query extends z.ZodObject | undefined = undefined,
    Body extends z.ZodType | undefined = undefined,
    Success extends z.ZodType | undefined = undefined,
  >(definition: Definition<Callers, Caller, Params, Query, Body, Success>): ApiRoute<Callers> {
    return definition as unknown as ApiRoute<Callers>;
  };
}
