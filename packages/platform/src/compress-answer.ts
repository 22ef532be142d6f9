import { type IncomingMessage, ServerResponse } from 'node:http';
import { pipeline, Writable } from 'node:stream';
import { type BrotliCompress, constants, createBrotliCompress, createGzip, type Gzip } from 'node:zlib';

export type Coding = 'br' | 'gzip';

const TEXT =
  /^(text\/(?!event-stream)|image\/svg\+xml|application\/(json|javascript|xml|manifest\+json|[\w.-]+\+(json|xml)))/i;
// Below this an answer fits into one packet either way.
const LEAST_BYTES = 1024;
// Quick enough to be done for every visitor; files are compressed better, when the pages are built.
const BROTLI_QUALITY = 4;
// A window of 256 KB holds any page of ours, and keeps little memory per answer.
const BROTLI_WINDOW = 18;
export const BROTLI = {
  [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
  [constants.BROTLI_PARAM_LGWIN]: BROTLI_WINDOW,
  [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
};
// Where these must not be told, e.g. for an answer of nothing.
const BODILESS = new Set([204, 206, 304]);

/**
 * Lets an answer that somebody else is about to write leave compressed, if the client takes that and it is text of
 * some length. What is compressed already, a part of a file and a stream of events go as they are.
 */
export function compressAnswer(request: IncomingMessage, response: ServerResponse): void {
  const coding = chooseCoding(request.headers['accept-encoding']);
  const isHead = request.method === 'HEAD';

  /** Decides, once, when the first byte is about to go; `size` is that of the whole answer, where it is known. */
  function begin(size = knownSize(response)): void {
    stepAside(response);
    if (!isText(response)) return;
    if (!/accept-encoding/i.test(String(response.getHeader('vary')))) response.appendHeader('vary', 'Accept-Encoding');
    if (coding === undefined || (size !== undefined && size < LEAST_BYTES)) return;
    response.setHeader('content-encoding', coding);
    response.removeHeader('content-length');
    weakenTag(response);
    // Without a body there is nothing to compress, but it would have been.
    if (!isHead) compressInto(response, createCompressor(coding), size === undefined);
  }

  const ours: Written = {
    writeHead(status, ...rest: unknown[]) {
      response.statusCode = status;
      const headers = rest.find((each) => typeof each === 'object') as Record<string, string> | undefined;
      for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
      if (isText(response)) return response;
      stepAside(response);
      return response.writeHead(status);
    },
    flushHeaders() {
      begin();
      response.flushHeaders();
    },
    write(...given: [string]) {
      begin();
      return response.write(...given);
    },
    end(...given: unknown[]) {
      // Whoever ends an answer with its first words has said all of it.
      begin(isHead ? undefined : sizeOf(given[0]));
      return response.end(...(given as []));
    },
  };
  Object.assign(response, ours);
}

type Written = Pick<ServerResponse, 'writeHead' | 'flushHeaders' | 'write' | 'end'>;

/** What follows is written as if we had never been there. */
function stepAside(response: Partial<Written>): void {
  for (const name of ['writeHead', 'flushHeaders', 'write', 'end'] as const) delete response[name];
}

/** Puts a compressor before an answer: what is written to the answer from now on goes through it. */
function compressInto(response: ServerResponse, compressor: BrotliCompress | Gzip, isStream: boolean): void {
  const { write, end } = ServerResponse.prototype;
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => void write.call(response, chunk, 'utf8', done),
    final: (done) => void end.call(response, undefined, 'utf8', done),
  });
  // An answer that is cut off ends the compressor; whoever writes hears of it from the answer itself.
  response.once('close', () => compressor.destroy());
  pipeline(compressor, sink, () => undefined);
  compressor.on('error', () => undefined);
  compressor.on('drain', () => response.emit('drain'));
  const ours: Pick<Written, 'write' | 'end'> = {
    write(...given: [string]) {
      const goesOn = compressor.write(...given);
      // What comes piece by piece is read piece by piece.
      if (isStream) compressor.flush();
      return goesOn;
    },
    end(...given: []) {
      compressor.end(...given);
      return response;
    },
  };
  Object.assign(response, ours);
}

function createCompressor(coding: Coding) {
  if (coding === 'gzip') return createGzip();
  return createBrotliCompress({ params: BROTLI });
}

function isText(response: ServerResponse): boolean {
  return (
    TEXT.test(String(response.getHeader('content-type') ?? '')) &&
    !BODILESS.has(response.statusCode) &&
    !response.hasHeader('content-encoding') &&
    !response.hasHeader('content-range')
  );
}

function sizeOf(body: unknown): number {
  if (typeof body === 'string') return Buffer.byteLength(body);
  return body instanceof Uint8Array ? body.length : 0;
}

function knownSize(response: ServerResponse): number | undefined {
  const length = response.getHeader('content-length');
  return length === undefined ? undefined : Number(length);
}

/** Two codings of one text are not the same bytes, which a strong tag would promise. */
function weakenTag(response: ServerResponse): void {
  const tag = response.getHeader('etag');
  if (typeof tag === 'string' && tag.startsWith('"')) response.setHeader('etag', `W/${tag}`);
}

/** What a client that sends this `Accept-Encoding` likes best of what we can; `undefined` when it is neither. */
export function chooseCoding(header: string | undefined): Coding | undefined {
  const weights = new Map<string, number>();
  for (const part of (header ?? '').toLowerCase().split(',')) {
    const [coding = '', ...parameters] = part.split(';').map((each) => each.trim());
    const weight = parameters.find((each) => each.startsWith('q='))?.slice(2);
    weights.set(coding, weight === undefined ? 1 : Number.parseFloat(weight) || 0);
  }
  const weightOf = (coding: Coding) => weights.get(coding) ?? weights.get('*') ?? 0;
  const best = weightOf('gzip') > weightOf('br') ? 'gzip' : 'br';
  return weightOf(best) > 0 ? best : undefined;
}
