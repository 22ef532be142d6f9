import { randomUUIDv7 } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { answerUnreadable } from './answer-unreadable.ts';
import { foreignRequest, isForeignRequest } from './foreign-request.ts';
import { createAccessLog, type Log } from './log.ts';
import { networkOf } from './network.ts';
import { PlatformError } from './platform-error.ts';
import { createCrowdRefusal } from './refuse-crowd.ts';
import type { RequestFacts } from './request-facts.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { sendRefusal } from './send-refusal.ts';
import { type TakenPort, takePort } from './take-port.ts';

export interface HttpServerOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Whether the direct peer is a proxy of ours whose forwarding headers count. */
  trustProxy: boolean;
  /** The address under which browsers see this. */
  publicUrl: string;
  /** Addresses of what other sites may draw into their pages; nothing, unless told. */
  shownElsewhere?: RegExp;
  handle(request: IncomingMessage, response: ServerResponse, facts: RequestFacts): void | Promise<void>;
  /**
   * The template of a request that is one too many; it is refused before anything else is done for it, which leaves
   * the time to those who were let in.
   */
  findCrowded?(request: IncomingMessage): string | undefined;
  /** Told of every finished request. */
  onFinished?(request: IncomingMessage, status: number, milliseconds: number, template: string): void;
  log: Log;
}

export interface HttpServer {
  port: number;
  server: Server;
  /** Takes no new requests, lets the running ones finish for up to 10 s, then cuts what is left. */
  stop(): Promise<void>;
}

const DRAIN_MS = 10_000;
const MOST_CONNECTIONS = 10_000;
const IDLE_SWEEP_MS = 100;

// The secret part of a mailed link, 256 bits in base64url: who reads the log must not be able to follow it.
const MAILED_SECRET = /\.[\w-]{43}(?=\/|$)/g;

/** Starts `node:http` with the limits a public server needs. Rejects when the port cannot be taken. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { log } = options;
  const secure = options.publicUrl.startsWith('https:');
  const serving = {
    ...options,
    secure,
    accessLog: createAccessLog(log),
    refuseCrowd: createCrowdRefusal({ secure, log }),
  };
  const server = createServer(
    {
      headersTimeout: 10_000,
      requestTimeout: 20_000,
      connectionsCheckingInterval: 5000,
      keepAliveTimeout: 65_000,
      maxHeaderSize: 16 * 1024,
      // Looked at here, where the refusal gets our headers.
      requireHostHeader: false,
    },
    (request, response) => receive(serving, request, response),
  );
  server.on('checkExpectation', (request, response) => serve(serving, request, response));
  answerUnreadable(server, { secure, log });
  server.maxRequestsPerSocket = 1000;
  const { host, port } = options;
  const taken = await takePort(server, { host, port, mostConnections: MOST_CONNECTIONS });
  return { port: taken.port, server, stop: () => stop(server, taken) };
}

interface Serving extends HttpServerOptions {
  /** Whether the public address is https. */
  secure: boolean;
  accessLog: Log;
  refuseCrowd(response: ServerResponse): void;
}

function receive(serving: Serving, request: IncomingMessage, response: ServerResponse) {
  const crowded = serving.findCrowded?.(request);
  if (crowded === undefined) return serve(serving, request, response);
  serving.refuseCrowd(response);
  serving.onFinished?.(request, response.statusCode, 0, crowded);
}

function serve(serving: Serving, request: IncomingMessage, response: ServerResponse) {
  const startedAt = performance.now();
  let template = 'other';
  // Whoever answers below a path of its own may shorten the address.
  const path = request.url?.split('?', 1)[0]?.replaceAll(MAILED_SECRET, '.…');
  const facts: RequestFacts = {
    requestId: randomUUIDv7(),
    network: networkOf(request, serving.trustProxy),
    onRoute: (matched) => {
      template = matched;
    },
  };
  setSecurityHeaders(response, serving.secure);
  response.setHeader('x-request-id', facts.requestId);
  response.on('close', () => {
    const milliseconds = performance.now() - startedAt;
    serving.onFinished?.(request, response.statusCode, milliseconds, template);
    serving.accessLog.info(
      {
        request_id: facts.requestId,
        method: request.method,
        path,
        status: response.statusCode,
        ms: Math.round(milliseconds * 10) / 10,
      },
      'request',
    );
  });
  const refusal = refusalOf(request, serving);
  if (refusal) return sendRefusal(request, response, refusal, facts.requestId);
  Promise.resolve(serving.handle(request, response, facts)).catch((error: unknown) => {
    serving.log.error({ request_id: facts.requestId, err: error }, 'request crashed');
    if (response.headersSent) response.destroy();
    else sendRefusal(request, response, error, facts.requestId);
  });
}

/** Why nobody here answers this request, whatever it asks for. */
function refusalOf(request: IncomingMessage, serving: Serving): PlatformError | undefined {
  if (isForeignRequest(request, serving)) return foreignRequest();
  const { host, expect } = request.headers;
  if (host === undefined && request.httpVersion === '1.1')
    return new PlatformError('bad-request', 'Say which host you ask: send Host.');
  if (expect !== undefined && expect.toLowerCase() !== '100-continue')
    return new PlatformError('bad-request', 'Nothing but 100-continue can be expected here.');
  return undefined;
}

async function stop(server: Server, taken: TakenPort) {
  const closed = taken.close();
  // Whoever sends the next request over a connection it kept, as a balancer does, is told that this was the last one.
  server.prependListener('request', (_request, response) => void response.setHeader('connection', 'close'));
  server.closeIdleConnections();
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
