import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { after } from 'node:test';
import type { Api } from '@samaya/platform/api.ts';
import { startHttpServer } from '@samaya/platform/http-server.ts';
import { createLog } from '@samaya/platform/log.ts';

export interface Answered {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** An API behind a port of its own, until the tests end; answers the port. */
export async function serveApi(api: Api, { proxied = false } = {}): Promise<number> {
  const { port, stop } = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    trustProxy: proxied,
    publicUrl: 'http://localhost',
    log: createLog('test', { write: () => undefined }),
    handle: (request, response, facts) => api.answer(request, response, facts),
  });
  after(stop);
  return port;
}

/** Sends what `fetch` would not: any method, headers twice or of odd names. Of a stream only that it began. */
export function sendOver(
  port: number,
  method: string,
  path: string,
  { headers = {}, body }: { headers?: Record<string, string | string[]>; body?: string } = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = httpRequest(
      { port, method, path, headers: { ...length, ...headers }, agent: false },
      async (response) => {
        let text = '';
        response.setEncoding('utf8');
        if (response.headers['content-type']?.startsWith('text/event-stream')) response.destroy();
        else for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
