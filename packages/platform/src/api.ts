import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { type ApiOptions, answerCall, refuse } from './api-answer.ts';
import { callOf, DEFAULT_BODY_BYTES } from './api-call.ts';
import { callOfNode, createShortWay, sendAnswer } from './api-listener.ts';
import { openApiDocument } from './openapi.ts';
import { PlatformError } from './platform-error.ts';
import type { ReadyAnswer } from './ready-answer.ts';
import type { RequestFacts } from './request-facts.ts';

/** An HTTP API; every door answers alike. */
export interface Api {
  /** Asks without a port, as tests do: `api.request('/api/v1/events')`. */
  request(path: string, init?: RequestInit): Promise<Response>;
  /** Answers a web `Request`. */
  fetch(request: Request, facts: RequestFacts): Promise<Response>;
  /**
   * The template of a request that should not be taken, because so many are under way; never one that costs nothing,
   * nor one of the other application, whose messages have to come through.
   */
  findCrowded(request: IncomingMessage): string | undefined;
  /** Answers a request as Node received it. */
  answer(request: IncomingMessage, response: ServerResponse, facts: RequestFacts): Promise<void>;
}

// One batch of bookings under way and one that waits (`mostTogether`); what waits longer only takes memory.
const MOST_AT_ONCE = 512;

type Env = { Bindings: RequestFacts };

/** Whether a request is for the API, and not for a page. */
export function isApiRequest(request: Pick<IncomingMessage, 'url'>): boolean {
  return /^\/(api(\/|$|\?)|openapi\.json($|\?))/.test(request.url ?? '');
}

/** Builds the HTTP API from its route table. */
export function createApi<Callers, Identity>(options: ApiOptions<Callers, Identity>): Api {
  const router = createRouter(options);
  const shortWay = createShortWay(options.routes, DEFAULT_BODY_BYTES);
  let atOnce = 0;
  const factsOfRequest = new WeakMap<IncomingMessage, RequestFacts>();
  const listen = getRequestListener(
    (request, { incoming }) => router.fetch(request, factsOfRequest.get(incoming as IncomingMessage)),
    { overrideGlobalObjects: false },
  );
  return {
    request: async (path, init) => await router.request(path, init),
    fetch: async (request, facts) => await router.fetch(request, facts),
    findCrowded(request) {
      const route = atOnce < MOST_AT_ONCE ? undefined : shortWay.find(request);
      if (!route || route.caller === 'signature') return undefined;
      return route.isPublic && request.headers.authorization === undefined ? undefined : route.path;
    },
    async answer(request, response, facts) {
      const route = shortWay.find(request);
      if (!route) {
        factsOfRequest.set(request, facts);
        return await listen(request, response);
      }
      atOnce++;
      try {
        await sendAnswer(response, await answerCall(options, route, callOfNode(request), {}, facts));
      } finally {
        atOnce--;
      }
    },
  };
}

function createRouter<Callers, Identity>(options: ApiOptions<Callers, Identity>): Hono<Env> {
  const router = new Hono<Env>();
  // What is spelt out comes before what a parameter also fits: `…/process` is no id, for any method.
  const byPath = [...Map.groupBy(options.routes, ({ path }) => honoPath(path))];
  for (const [path, routes] of byPath.sort(([one], [other]) => one.split(':').length - other.split(':').length)) {
    for (const route of routes) {
      if (!Object.hasOwn(options.callers, route.caller as PropertyKey)) {
        throw new Error(`${route.method} ${route.path} does not declare who may call it`);
      }
      router.on(route.method.toUpperCase(), path, async (c) => {
        const params = c.req.param() as Record<string, string>;
        return responseOf(await answerCall(options, route, callOf(c.req.raw), params, factsOf(c.env)));
      });
    }
    const methods = routes.map(({ method }) => method.toUpperCase());
    const allowed = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
    router.all(path, (c) => {
      const error = new PlatformError('method-not-allowed', `This address takes ${allowed.join(', ')}.`);
      return responseOf(refuse(error, options, c.req.raw, factsOf(c.env), { allow: allowed.join(', ') }));
    });
  }
  const document = openApiDocument(options);
  router.get('/openapi.json', () =>
    Response.json(document, { headers: { 'content-type': 'application/json; charset=utf-8' } }),
  );
  router.notFound((c) => {
    const error = new PlatformError('not-found', 'There is nothing at this address.');
    return responseOf(refuse(error, options, c.req.raw, factsOf(c.env)));
  });
  router.onError((error, c) => responseOf(refuse(error, options, c.req.raw, factsOf(c.env))));
  return router;
}

function responseOf(answer: ReadyAnswer | Response): Response {
  return answer instanceof Response
    ? answer
    : new Response(answer.body, { status: answer.status, headers: answer.headers });
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
