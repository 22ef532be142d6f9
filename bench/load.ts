import { connect, type Socket } from 'node:net';

export interface Load {
  port: number;
  clients: number;
  /** Stop after so many milliseconds, or when there is nothing left to send. */
  milliseconds: number;
  /** The next request as bytes on the wire; `undefined` when there is none left. */
  next(): Buffer | undefined;
}

export interface Measured {
  /** Answers a second, of any status. */
  perSecond: number;
  statuses: Record<string, number>;
  /** Milliseconds from request to whole answer. */
  p50: number;
  p99: number;
}

/**
 * Sends requests over keep-alive connections, one at a time on each. It speaks only as much HTTP/1.1 as our own servers
 * answer with (content-length or chunked), because a full client would cost more than the server under measure.
 */
export async function putLoad(load: Load): Promise<Measured> {
  const startedAt = performance.now();
  const until = startedAt + load.milliseconds;
  const statuses: Record<string, number> = {};
  const latencies: number[] = [];
  await Promise.all(
    Array.from({ length: load.clients }, () =>
      runClient(load, until, (status, milliseconds) => {
        statuses[status] = (statuses[status] ?? 0) + 1;
        latencies.push(milliseconds);
      }),
    ),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  latencies.sort((one, other) => one - other);
  const at = (share: number) => Number((latencies[Math.floor(latencies.length * share)] ?? 0).toFixed(2));
  return { perSecond: Math.round(latencies.length / seconds), statuses, p50: at(0.5), p99: at(0.99) };
}

/** A request as bytes, for `next`. */
export function requestBytes(
  method: string,
  path: string,
  options: { headers?: Record<string, string>; body?: string } = {},
): Buffer {
  const body = options.body ?? '';
  const headers = Object.entries({
    host: 'localhost',
    ...(body !== '' && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    ...options.headers,
  });
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines}\r\n${body}`);
}

function runClient(load: Load, until: number, done: (status: string, milliseconds: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let socket: Socket;
    let sentAt = 0;
    let sent: Buffer | undefined;
    let received: Buffer = Buffer.alloc(0);

    const open = () => {
      received = Buffer.alloc(0);
      socket = connect(load.port, '127.0.0.1');
      socket.setNoDelay(true);
      socket.on('data', read);
      socket.on('error', reject);
      socket.on('connect', () => (sent === undefined ? send() : write(sent)));
    };
    const write = (bytes: Buffer) => {
      sent = bytes;
      sentAt = performance.now();
      socket.write(bytes);
    };
    const send = () => {
      const bytes = performance.now() < until ? load.next() : undefined;
      if (bytes) return write(bytes);
      socket.destroy();
      resolve();
    };
    const read = (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const answer = readAnswer(received);
      if (!answer) return;
      received = received.subarray(answer.length);
      sent = undefined;
      done(answer.status, performance.now() - sentAt);
      if (answer.closes) {
        socket.destroy();
        open();
      } else send();
    };
    open();
  });
}

function readAnswer(bytes: Buffer): { status: string; length: number; closes: boolean } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const status = head.slice(9, 12);
  const closes = /\r\nconnection: close/i.test(head);
  const given = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (given !== undefined) {
    const length = end + 4 + Number(given);
    return bytes.length >= length ? { status, length, closes } : undefined;
  }
  const last = bytes.indexOf('\r\n0\r\n\r\n', end);
  return last < 0 ? undefined : { status, length: last + 7, closes };
}
