import { PlatformError } from './platform-error.ts';

/** A request as the API reads it: cut from a web `Request`, or, for less, from Node's own; see `api-listener.ts`. */
export interface ApiCall {
  method: string;
  /** With scheme and host, which mean nothing here. */
  url: string;
  headers: { get(name: string): string | null };
  /** The bytes of the body; stops reading past the limit. */
  readBody(maxBytes: number): Promise<Uint8Array<ArrayBuffer>>;
}

export const DEFAULT_BODY_BYTES = 64 * 1024;

/** A web `Request` as the API reads it. */
export function callOf(request: Request): ApiCall {
  const { method, url, headers } = request;
  return { method, url, headers, readBody: (maxBytes) => readBody(request, maxBytes) };
}

async function readBody(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = new PlatformError('payload-too-large', `The body has ${maxBytes} bytes at most.`);
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge;
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
