import type { IncomingMessage } from 'node:http';
import { Hono } from 'hono';
import { DEFAULT_BODY_BYTES, parseJsonBody, parseParams, parseQuery, readBody } from './api-request.ts';
import type { ApiRoute, RequestContext } from './api-route.ts';
import type { Log } from './log.ts';
import { bearerToken } from './opaque-token.ts';
import { openApiDocument } from './openapi.ts';
import { PlatformError } from './platform-error.ts';
import { asDomainError, problemFor, problemHeaders } from './problem.ts';

/** What the HTTP server tells the API about a request; see `http-server.ts`. */
export interface RequestFacts {
  requestId: string;
  network: string;
  /** Told the route's template, for metrics. */
  onRoute?: (template: string) => void;
}

type Env = { Bindings: RequestFacts };

export interface ApiOptions<Callers, Identity> {
  title: string;
  version: string;
  description: string;
  routes: readonly ApiRoute<Callers>[];
  /** Status of each of the application's own error codes. */
  statuses: Readonly<Record<string, number>>;
  /** Who holds this token; `undefined` when nobody does (any more). */
  identify(token: string, now: Date): Promise<Identity | undefined>;
  /** Lets a caller pass as what a route declares, or throws `unauthenticated` or `forbidden`. */
  callers: { [Caller in keyof Callers]: (identity: Identity | undefined) => Callers[Caller] };
  /** Called before a route runs, with the caller it declares, e.g. to limit the rate. */
  admit?(identity: Identity | undefined, facts: RequestFacts, caller: keyof Callers): Promise<void>;
  log: Log;
}

/** Whether a request is for the API, and not for a page. */
export function isApiRequest(request: IncomingMessage): boolean {
  return /^\/(api(\/|$|\?)|openapi\.json($|\?))/.test(request.url ?? '');
}

/** Builds the HTTP API from its route table; testable as `api.request('/api/v1/events')` with no port. */
export function createApi<Callers, Identity>(options: ApiOptions<Callers, Identity>): Hono<Env> {
  const api = new Hono<Env>();
  // What is spelt out comes before what a parameter also fits: `…/process` is no id, for any method.
  const byPath = [...Map.groupBy(options.routes, ({ path }) => honoPath(path))];
  for (const [path, routes] of byPath.sort(([one], [other]) => one.split(':').length - other.split(':').length)) {
    for (const route of routes) {
      if (!Object.hasOwn(options.callers, route.caller as PropertyKey)) {
        throw new Error(`${route.method} ${route.path} does not declare who may call it`);
      }
      api.on(route.method.toUpperCase(), path, (c) => {
        const facts = factsOf(c.env);
        facts.onRoute?.(route.path);
        return answer(options, route, c.req.raw, c.req.param() as Record<string, string>, facts);
      });
    }
    const methods = routes.map(({ method }) => method.toUpperCase());
    const allowed = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
    api.all(path, (c) => {
      const error = new PlatformError('method-not-allowed', `This address takes ${allowed.join(', ')}.`);
      return refuse(error, options, c.req.raw, factsOf(c.env), { allow: allowed.join(', ') });
    });
  }
  const document = openApiDocument(options);
  api.get('/openapi.json', () => Response.json(document));
  api.notFound((c) =>
    refuse(new PlatformError('not-found', 'There is nothing at this address.'), options, c.req.raw, factsOf(c.env)),
  );
  api.onError((error, c) => refuse(error, options, c.req.raw, factsOf(c.env)));
  return api;
}

async function answer<Callers, Identity>(
  options: ApiOptions<Callers, Identity>,
  route: ApiRoute<Callers>,
  request: Request,
  rawParams: Record<string, string>,
  facts: RequestFacts,
): Promise<Response> {
  const now = new Date();
  const identity = await identify(options, request, now);
  const who = options.callers[route.caller](identity);
  await options.admit?.(identity, facts, route.caller);
  const described = route as unknown as ApiRoute<never>;
  const params = parseParams(described, rawParams);
  const query = parseQuery(described, new URL(request.url));
  const rawBody = await readBody(request, route.maxBodyBytes ?? DEFAULT_BODY_BYTES);
  const body = parseJsonBody(described, request.headers.get('content-type'), rawBody);

  const context: RequestContext<Callers[keyof Callers]> = {
    who,
    requestId: facts.requestId,
    now,
    network: facts.network,
    log: options.log,
    request,
    rawBody,
  };
  const result = await route.handle({ params, query, body } as never, context);
  if (result instanceof Response) return result;
  if (route.success.status === 204)
    return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } });
  return new Response(JSON.stringify(result), {
    status: route.success.status,
    headers: successHeaders(result, request),
  });
}

async function identify<Callers, Identity>(
  options: ApiOptions<Callers, Identity>,
  request: Request,
  now: Date,
): Promise<Identity | undefined> {
  const authorization = request.headers.get('authorization') ?? undefined;
  if (authorization === undefined) return undefined;
  const token = bearerToken(authorization);
  const identity = token === undefined ? undefined : await options.identify(token, now);
  if (identity === undefined)
    throw new PlatformError('unauthenticated', 'This token is unknown or has ended. Sign in again.');
  return identity;
}

function successHeaders(result: unknown, request: Request): Record<string, string> {
  const next = typeof result === 'object' && result !== null && 'next' in result ? result.next : undefined;
  return {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...(typeof next === 'string' && { link: `<${nextPage(request.url, next)}>; rel="next"` }),
  };
}

function nextPage(address: string, cursor: string): string {
  const url = new URL(address);
  url.searchParams.set('after', cursor);
  return `${url.pathname}${url.search}`;
}

function refuse<Callers, Identity>(
  error: unknown,
  options: ApiOptions<Callers, Identity>,
  request: Request,
  facts: RequestFacts,
  headers: Record<string, string> = {},
): Response {
  const problem = problemFor(error, options.statuses, facts.requestId);
  if (problem.status >= 500) {
    const { code, cause } = asDomainError(error);
    const level = problem.status === 500 ? 'error' : 'warn';
    options.log[level](
      {
        request_id: facts.requestId,
        method: request.method,
        path: new URL(request.url).pathname,
        code,
        err: cause ?? error,
      },
      'request failed',
    );
  }
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { ...problemHeaders(error, problem), 'cache-control': 'no-store', ...headers },
  });
}

// Tests call `api.request()` without a server around it.
function factsOf(env: Partial<RequestFacts> | undefined): RequestFacts {
  return {
    requestId: env?.requestId ?? 'none',
    network: env?.network ?? '127.0.0.1',
    ...(env?.onRoute && { onRoute: env.onRoute }),
  };
}

function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
