import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiCall } from './api-call.ts';
import type { ApiRoute } from './api-route.ts';
import { PlatformError } from './platform-error.ts';
import { ReadyAnswer } from './ready-answer.ts';

/**
 * The short way to a route: for a request that is as requests should be, to an address without parameters. Whatever is
 * out of the ordinary (a repeated header, a body of unknown length, an address that is nearly one of ours) takes the
 * way through the router, where it is looked at closely. What is answered is the same.
 */
export interface ShortWay<Callers> {
  /** The route that a request leads to; `undefined` when it has to take the long way. */
  find(request: IncomingMessage): ApiRoute<Callers> | undefined;
}

const PLAIN_HOST = /^[a-z0-9.-]+(:\d+)?$/i;

/** Finds routes the short way. */
export function createShortWay<Callers>(
  routes: readonly ApiRoute<Callers>[],
  mostBodyBytes: number,
): ShortWay<Callers> {
  const found = new Map(
    routes
      .filter(({ path, success }) => !path.includes('{') && success.contentType === undefined)
      .map((route) => [`${route.method.toUpperCase()} ${route.path}`, route]),
  );
  return {
    find(request) {
      const url = request.url ?? '';
      const query = url.indexOf('?');
      const route = found.get(`${request.method} ${query < 0 ? url : url.slice(0, query)}`);
      return route && isOrdinary(request, route.maxBodyBytes ?? mostBodyBytes) ? route : undefined;
    },
  };
}

function isOrdinary({ headers, rawHeaders }: IncomingMessage, mostBodyBytes: number): boolean {
  if (headers['transfer-encoding'] !== undefined || headers.expect !== undefined) return false;
  if (headers['content-length'] !== undefined && !(Number(headers['content-length']) <= mostBodyBytes)) return false;
  if (!PLAIN_HOST.test(headers.host ?? '')) return false;
  // A header sent twice is not there twice.
  let names = 0;
  for (const _name in headers) names++;
  return names * 2 === rawHeaders.length;
}

/** Node's request as the API reads it. */
export function callOfNode(request: IncomingMessage): ApiCall {
  const { headers } = request;
  return {
    method: request.method ?? '',
    url: `http://${headers.host}${request.url}`,
    headers: {
      get(name) {
        const value = headers[name];
        return typeof value === 'string' ? value : (value?.join(', ') ?? null);
      },
    },
    readBody: () => readBody(request),
  };
}

// Its length was announced and is within the limit; Node reads no more than that.
async function readBody(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  if (request.headers['content-length'] === undefined) return new Uint8Array();
  return await new Promise((resolve, reject) => {
    const chunks: Buffer<ArrayBuffer>[] = [];
    request.on('data', (chunk: Buffer<ArrayBuffer>) => void chunks.push(chunk));
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', () => reject(new PlatformError('bad-request', 'The body ended too early.')));
  });
}

/** Writes an answer as it is. */
export async function sendAnswer(response: ServerResponse, answer: ReadyAnswer | Response): Promise<void> {
  if (answer instanceof ReadyAnswer) return sendReady(response, answer);
  const body = Buffer.from(await answer.arrayBuffer());
  response.writeHead(answer.status, { ...Object.fromEntries(answer.headers), 'content-length': body.length }).end(body);
}

function sendReady(response: ServerResponse, { status, headers, body }: ReadyAnswer): void {
  if (body === null) response.writeHead(status, headers).end();
  else response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}
