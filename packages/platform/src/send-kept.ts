import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { BROTLI, type Coding, chooseCoding } from './compress-answer.ts';
import type { Kept } from './kept-answers.ts';

// Below this an answer fits into one packet either way.
const LEAST_COMPRESSED = 1024;
const MOST_HEADERS_KNOWN = 200;
// An answer of 304 updates the headers that a browser keeps with the page; its body stays.
const OF_THE_BODY = new Set(['content-type', 'link']);

const toGzip = promisify(gzip);
const toBrotli = promisify(brotliCompress);
const codings = new Map<string, Coding | undefined>();

/** Sends a kept answer: nothing when the client has it, else the bytes in the coding it likes best. */
export function sendKept(request: IncomingMessage, response: ServerResponse, kept: Kept): void | Promise<void> {
  const { headers, etag } = kept;
  if (request.headers['if-none-match']?.includes(etag)) {
    const about = Object.entries(headers).filter(([name]) => !OF_THE_BODY.has(name));
    response.writeHead(304, { ...Object.fromEntries(about), etag }).end();
    return;
  }
  const coding = kept.body.length < LEAST_COMPRESSED ? undefined : codingFor(request.headers['accept-encoding'] ?? '');
  if (coding === undefined) return write(response, { ...headers, etag }, kept.body);
  const ready = kept.compressed[coding];
  const coded = { ...headers, etag, 'content-encoding': coding };
  if (ready !== undefined) return write(response, coded, ready);
  return compress(kept, coding).then((body) => write(response, coded, body));
}

function write(response: ServerResponse, headers: Record<string, string>, body: string): void {
  response.writeHead(200, { ...headers, 'content-length': body.length }).end(body, 'latin1');
}

async function compress(kept: Kept, coding: Coding): Promise<string> {
  const bytes = Buffer.from(kept.body, 'latin1');
  const compressed = coding === 'gzip' ? await toGzip(bytes) : await toBrotli(bytes, { params: BROTLI });
  const text = compressed.toString('latin1');
  kept.compressed[coding] = text;
  return text;
}

// Browsers send one of a few; to take it apart each time would cost more than to answer.
function codingFor(header: string): Coding | undefined {
  if (header === '') return undefined;
  if (codings.has(header)) return codings.get(header);
  const coding = chooseCoding(header);
  if (codings.size < MOST_HEADERS_KNOWN) codings.set(header, coding);
  return coding;
}
