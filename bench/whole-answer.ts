import { type IncomingMessage, request } from 'node:http';

export interface WholeAnswer {
  status: number;
  headers: Record<string, string>;
  /** In the coding that was asked for. */
  body: string | Uint8Array;
}

// Node writes these itself, for us as for a bare server.
const OF_NODE = new Set(['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding']);

/** What a server answers, to the last header, for a bare server to answer the same bytes. */
export async function readWholeAnswer(
  port: number,
  asked: { method?: string; path: string; headers?: Record<string, string>; body?: string },
): Promise<WholeAnswer> {
  const { body: sent = '', ...options } = asked;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ ...options, port, host: '127.0.0.1' }, resolve)
      .on('error', reject)
      .end(sent);
  });
  const body = Buffer.concat(await answer.toArray());
  const headers = Object.entries(answer.headers).flatMap(([name, value]) =>
    OF_NODE.has(name) ? [] : [[name, String(value)]],
  );
  return {
    status: answer.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    body: answer.headers['content-encoding'] === undefined ? body.toString() : body,
  };
}
