import { type ApiCall, DEFAULT_BODY_BYTES } from './api-call.ts';
import { parseJsonBody, parseParams, parseQuery, type RouteParameters } from './api-request.ts';
import type { ApiRoute, RequestContext } from './api-route.ts';
import type { DomainError } from './domain-error.ts';
import type { Log } from './log.ts';
import { LONG_BODY_MS } from './long-body.ts';
import { bearerToken } from './opaque-token.ts';
import { PlatformError } from './platform-error.ts';
import { asDomainError, problemFor, problemHeaders } from './problem.ts';
import { ReadyAnswer } from './ready-answer.ts';
import type { RequestFacts } from './request-facts.ts';

export interface ApiOptions<Callers, Identity> {
  title: string;
  version: string;
  description: string;
  routes: readonly ApiRoute<Callers>[];
  /** Status of each of the application's own error codes. */
  statuses: Readonly<Record<string, number>>;
  /** Who holds this token; `undefined` when nobody does (any more). */
  identify(token: string, now: Date): Promise<Identity | undefined>;
  /** Who held it a moment ago: enough to refuse them something, never to give it. */
  recall?(token: string): Identity | undefined;
  /** Lets a caller pass as what a route declares, or throws `unauthenticated` or `forbidden`. */
  callers: { [Caller in keyof Callers]: (identity: Identity | undefined) => Callers[Caller] };
  /** Called before anybody is refused, with the caller that the route declares, e.g. to limit the rate. */
  admit?(
    identity: Identity | undefined,
    facts: RequestFacts,
    route: Pick<ApiRoute<Callers>, 'caller' | 'scope'>,
  ): Promise<void>;
  log: Log;
  /** Told when somebody is refused what is not theirs to do. */
  onForbidden?(call: Pick<ApiCall, 'method' | 'url'>, facts: RequestFacts): void;
}

/** What a route answers to a request: ready bytes, or a web `Response` for what is more than that, such as a stream. */
export async function answerCall<Callers, Identity>(
  options: ApiOptions<Callers, Identity>,
  route: ApiRoute<Callers>,
  call: ApiCall,
  rawParams: RouteParameters,
  facts: RequestFacts,
): Promise<ReadyAnswer | Response> {
  facts.onRoute?.(route.path);
  try {
    return await run(options, route, call, rawParams, facts);
  } catch (error) {
    return refuse(error, options, call, facts);
  }
}

async function run<Callers, Identity>(
  options: ApiOptions<Callers, Identity>,
  route: ApiRoute<Callers>,
  call: ApiCall,
  rawParams: RouteParameters,
  facts: RequestFacts,
): Promise<ReadyAnswer | Response> {
  const now = new Date();
  const token = tokenOf(call);
  const recalled = route.refuseFromMemory && typeof token === 'string' ? options.recall?.(token) : undefined;
  const identity = recalled ?? (await identify(options, token, now));
  // Refusals count too: whoever sends tokens that are none is a stranger at an address.
  await options.admit?.(identity, facts, route);
  if (identity === undefined && token !== undefined) throw unknownToken();
  const toCaller = options.callers[route.caller];
  const who = toCaller(identity);
  const described = route as unknown as ApiRoute<never>;
  const params = parseParams(described, rawParams);
  const query = parseQuery(described, call.url);
  const begun = performance.now();
  const rawBody = await call.readBody(route.maxBodyBytes ?? DEFAULT_BODY_BYTES);
  const wasLong = identity !== undefined && performance.now() - begun > LONG_BODY_MS;
  const body = parseJsonBody(described, call.headers.get('content-type'), rawBody);

  const input = { params, query, body } as never;
  const context: RequestContext<Callers[keyof Callers]> = {
    who,
    requestId: facts.requestId,
    now,
    network: facts.network,
    log: options.log,
    request: call,
    rawBody,
  };
  if (recalled) {
    const refusal = await route.refuseFromMemory?.(input, context);
    if (refusal) return refuse(refusal, options, call, facts);
  }
  if (recalled || wasLong) {
    const known = await identify(options, token, now);
    if (known === undefined) throw unknownToken();
    context.who = toCaller(known);
  }
  const result = await route.handle(input, context);
  if (result instanceof ReadyAnswer || result instanceof Response) return result;
  if (route.success.status === 204) return new ReadyAnswer(204, { 'cache-control': 'no-store' }, null);
  return new ReadyAnswer(route.success.status, successHeaders(result, call), JSON.stringify(result));
}

/** The bearer of a request; `null` for one that is none, `undefined` where nobody claims to be anybody. */
function tokenOf(call: ApiCall): string | null | undefined {
  const authorization = call.headers.get('authorization') ?? undefined;
  return authorization === undefined ? undefined : (bearerToken(authorization) ?? null);
}

async function identify<Callers, Identity>(
  options: ApiOptions<Callers, Identity>,
  token: string | null | undefined,
  now: Date,
): Promise<Identity | undefined> {
  return typeof token === 'string' ? await options.identify(token, now) : undefined;
}

function unknownToken(): PlatformError {
  return new PlatformError('unauthenticated', 'This token is unknown or has ended. Sign in again.');
}

function successHeaders(result: unknown, call: ApiCall): Record<string, string> {
  const next = typeof result === 'object' && result !== null && 'next' in result ? result.next : undefined;
  return {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...(typeof next === 'string' && { link: `<${nextPage(call.url, next)}>; rel="next"` }),
  };
}

function nextPage(address: string, cursor: string): string {
  const url = new URL(address);
  url.searchParams.set('after', cursor);
  return `${url.pathname}${url.search}`;
}

/** The problem document of an error, with its status and headers; logs what is our fault. */
export function refuse<Callers, Identity>(
  error: unknown,
  options: Pick<ApiOptions<Callers, Identity>, 'statuses' | 'log' | 'onForbidden'>,
  call: Pick<ApiCall, 'method' | 'url'>,
  facts: RequestFacts,
  headers: Record<string, string> = {},
): ReadyAnswer {
  const problem = problemFor(error, options.statuses, facts.requestId);
  if (problem.status >= 500) noteFault(error, options.log, call, facts, problem.status);
  if (problem.status === 403) options.onForbidden?.(call, facts);
  return new ReadyAnswer(
    problem.status,
    { ...problemHeaders(error, problem), 'cache-control': 'no-store', ...headers },
    JSON.stringify(problem),
  );
}

function noteFault(
  error: unknown,
  log: Log,
  call: Pick<ApiCall, 'method' | 'url'>,
  facts: RequestFacts,
  status: number,
): void {
  const { code, cause }: DomainError = asDomainError(error);
  log[status === 500 ? 'error' : 'warn'](
    {
      request_id: facts.requestId,
      method: call.method,
      path: new URL(call.url).pathname,
      code,
      err: cause ?? error,
    },
    'request failed',
  );
}
