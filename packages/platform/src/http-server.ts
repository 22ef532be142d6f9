import { randomUUIDv7 } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { answerUnreadable } from './answer-unreadable.ts';
import { foreignRequest, isForeignRequest } from './foreign-request.ts';
import { createAccessLog, type Log } from './log.ts';
import { networkOf } from './network.ts';
import { PlatformError } from './platform-error.ts';
import type { RequestFacts } from './request-facts.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { sendRefusal } from './send-refusal.ts';

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
  /** Told of every finished request. */
  onFinished?(request: IncomingMessage, status: number, milliseconds: number, template: string): void;
  log: Log;
}

interface Serving extends HttpServerOptions {
  /** Whether the public address is https. */
  secure: boolean;
  accessLog: Log;
}

export interface HttpServer {
  port: number;
  server: Server;
  /** Takes no new requests, lets the running ones finish for up to 10 s, then cuts what is left. */
  stop(): Promise<void>;
}

const DRAIN_MS = 10_000;
// A crowd that comes in one moment waits to be let in; beyond the usual 511 their systems would try again only in a second.
const BACKLOG = 4096;
const IDLE_SWEEP_MS = 100;

// The secret part of a mailed link, 256 bits in base64url: who reads the log must not be able to follow it.
const MAILED_SECRET = /\.[\w-]{43}(?=\/|$)/g;

/** Starts `node:http` with the limits a public server needs. Rejects when the port cannot be taken. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const secure = options.publicUrl.startsWith('https:');
  const serving: Serving = { ...options, secure, accessLog: createAccessLog(options.log) };
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
    (request, response) => serve(serving, request, response),
  );
  server.on('checkExpectation', (request, response) => serve(serving, request, response));
  answerUnreadable(server, { secure, log: options.log });
  server.maxRequestsPerSocket = 1000;
  server.maxConnections = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: options.port, host: options.host, backlog: BACKLOG }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as { port: number };
  return { port, server, stop: () => stop(server) };
}

function serve(options: Serving, request: IncomingMessage, response: ServerResponse) {
  const startedAt = performance.now();
  let template = 'other';
  // Whoever answers below a path of its own may shorten the address.
  const path = request.url?.split('?', 1)[0]?.replaceAll(MAILED_SECRET, '.…');
  const facts: RequestFacts = {
    requestId: randomUUIDv7(),
    network: networkOf(request, options.trustProxy),
    onRoute: (matched) => {
      template = matched;
    },
  };
  setSecurityHeaders(response, options.secure);
  response.setHeader('x-request-id', facts.requestId);
  response.on('close', () => {
    const milliseconds = performance.now() - startedAt;
    options.onFinished?.(request, response.statusCode, milliseconds, template);
    options.accessLog.info(
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
  const refusal = refusalOf(request, options);
  if (refusal) return sendRefusal(request, response, refusal, facts.requestId);
  Promise.resolve(options.handle(request, response, facts)).catch((error: unknown) => {
    options.log.error({ request_id: facts.requestId, err: error }, 'request crashed');
    if (response.headersSent) response.destroy();
    else sendRefusal(request, response, error, facts.requestId);
  });
}

/** Why nobody here answers this request, whatever it asks for. */
function refusalOf(request: IncomingMessage, options: Serving): PlatformError | undefined {
  if (isForeignRequest(request, options)) return foreignRequest();
  const { host, expect } = request.headers;
  if (host === undefined && request.httpVersion === '1.1')
    return new PlatformError('bad-request', 'Say which host you ask: send Host.');
  if (expect !== undefined && expect.toLowerCase() !== '100-continue')
    return new PlatformError('bad-request', 'Nothing but 100-continue can be expected here.');
  return undefined;
}

async function stop(server: Server) {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Whoever sends the next request over a connection it kept, as a balancer does, is told that this was the last one.
  server.prependListener('request', (_request, response) => void response.setHeader('connection', 'close'));
  server.closeIdleConnections();
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
