import { IncomingMessage, type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

export interface RecordedAnswer {
  status: number;
  headers: OutgoingHttpHeaders;
  body: Buffer;
}

/**
 * Has a handler for `node:http` answer a GET that nobody sent, and records the answer. Who asks the same at that
 * moment may leave or stay: the answer is made to its end.
 */
export async function recordAnswer(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  asked: { url: string; headers: Record<string, string> },
): Promise<RecordedAnswer> {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, {
    method: 'GET',
    url: asked.url,
    httpVersion: '1.1',
    httpVersionMajor: 1,
    httpVersionMinor: 1,
  });
  request.headers = { ...asked.headers };
  request.push(null);
  return await new Promise((resolve, reject) => handle(request, new Recording(request, resolve, reject)));
}

class Recording extends ServerResponse {
  readonly #chunks: Buffer[] = [];
  readonly #resolve: (answer: RecordedAnswer) => void;
  readonly #reject: (error: Error) => void;

  constructor(request: IncomingMessage, resolve: (answer: RecordedAnswer) => void, reject: (error: Error) => void) {
    super(request);
    this.#resolve = resolve;
    this.#reject = reject;
  }

  override writeHead(status: number, ...rest: unknown[]): this {
    const headers = rest.find((each) => typeof each === 'object') as Record<string, OutgoingHttpHeader> | undefined;
    this.statusCode = status;
    for (const [name, value] of Object.entries(headers ?? {})) this.setHeader(name, value as string);
    return this;
  }

  override flushHeaders(): void {}

  override write(chunk: string | Uint8Array, ..._rest: unknown[]): boolean {
    this.#chunks.push(Buffer.from(chunk as string));
    return true;
  }

  override end(...given: unknown[]): this {
    const [chunk] = given;
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) this.write(chunk);
    this.#resolve({ status: this.statusCode, headers: this.getHeaders(), body: Buffer.concat(this.#chunks) });
    this.emit('finish');
    this.emit('close');
    return this;
  }

  override destroy(error?: Error): this {
    this.#reject(error ?? new Error('the answer was cut off'));
    return this;
  }
}
