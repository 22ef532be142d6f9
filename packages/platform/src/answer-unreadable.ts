import { randomUUIDv7 } from 'node:crypto';
import type { Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from './log.ts';
import { PlatformError, type PlatformErrorCode } from './platform-error.ts';
import { problemFor, problemHeaders } from './problem.ts';
import { securityHeaders } from './security-headers.ts';

interface ParserError extends Error {
  code?: string;
}

// What else Node's parser refuses is no HTTP.
const STATUSES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};
const WORDS: Readonly<Record<number, [reason: string, code: PlatformErrorCode, detail: string]>> = {
  400: ['Bad Request', 'bad-request', 'This is no request by HTTP.'],
  408: ['Request Timeout', 'bad-request', 'The request took too long to arrive.'],
  413: ['Payload Too Large', 'payload-too-large', 'The request is too long.'],
  431: ['Request Header Fields Too Large', 'payload-too-large', 'The headers of the request are too long.'],
};

/**
 * Answers what never becomes a request, because it is broken, too long or too slow; Node alone would answer it without
 * any of our headers.
 */
export function answerUnreadable(server: Server, { secure, log }: { secure: boolean; log: Log }): void {
  server.on('clientError', (error: ParserError, socket: Duplex) => {
    if (!isAwaitingHead(socket)) return void socket.destroy();
    const status = STATUSES[error.code ?? ''] ?? 400;
    const requestId = randomUUIDv7();
    log.info({ request_id: requestId, status, code: error.code }, 'request not understood');
    socket.end(unreadableAnswer(status, requestId, secure), () => socket.destroy());
  });
}

/** What such a request is told, byte for byte. */
export function unreadableAnswer(status: number, requestId: string, secure: boolean): string {
  const [reason, code, detail] = WORDS[status] ?? ['', 'bad-request', ''];
  const refused = new PlatformError(code, detail);
  const problem = { ...problemFor(refused, {}, requestId), status };
  const body = JSON.stringify(problem);
  const headers = {
    ...securityHeaders(secure),
    ...problemHeaders(refused, problem),
    'cache-control': 'no-store',
    'x-request-id': requestId,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n${body}`;
}

/** Whether nothing of an answer was written on this line yet that ours would end up in the middle of. */
function isAwaitingHead(socket: Duplex & { _httpMessage?: ServerResponse | null }): boolean {
  return socket.writable && !socket._httpMessage?.headersSent;
}
