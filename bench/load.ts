import { connect, type Socket } from 'node:net';

export interface Load {
  port: number;
  clients: number;
  /** Stop after so many milliseconds, or when there is nothing left to send. */
  milliseconds: number;
  /** The next request as bytes on the wire; `undefined` when there is none left. */
  next(): Buffer | undefined;
}

export interface SteadyLoad {
  port: number;
  perSecond: number;
  milliseconds: number;
  /** Connections at most; what comes due while all are busy waits, and its waiting counts. */
  mostConnections: number;
  next(): Buffer;
  /** Told of each answer, with the bytes of its body. */
  onAnswer?(answer: Answer, body: Buffer): void;
}

export interface Answer {
  status: string;
  /** Milliseconds to the whole answer: from when it was due, under a steady load, and from when it was sent. */
  milliseconds: number;
  sinceSent: number;
}

export interface Measured {
  answers: number;
  /** Answers a second, of any status. */
  perSecond: number;
  statuses: Record<string, number>;
  /** Milliseconds from request to whole answer. */
  p50: number;
  p99: number;
  p999: number;
}

/** Sends requests over keep-alive connections, one at a time on each, as fast as they are answered. */
export async function putLoad(load: Load): Promise<Measured> {
  const startedAt = performance.now();
  const until = startedAt + load.milliseconds;
  const answers: Answer[] = [];
  await Promise.all(
    Array.from({ length: load.clients }, async () => {
      const connection = openConnection(load.port);
      try {
        for (;;) {
          const bytes = performance.now() < until ? load.next() : undefined;
          if (!bytes) return;
          const sentAt = performance.now();
          const { status } = await connection.ask(bytes);
          const milliseconds = performance.now() - sentAt;
          answers.push({ status, milliseconds, sinceSent: milliseconds });
        }
      } finally {
        connection.close();
      }
    }),
  );
  return summarise(answers, (performance.now() - startedAt) / 1000);
}

/**
 * Sends requests at a rate, whatever becomes of them: what is slow to be answered does not slow down what comes after
 * it, as long as there are connections.
 */
export async function putSteadyLoad(load: SteadyLoad): Promise<Measured> {
  const idle: Connection[] = [];
  const due: number[] = [];
  const answers: Answer[] = [];
  const underWay = new Set<Promise<void>>();
  let opened = 0;

  async function send(connection: Connection, dueAt: number): Promise<void> {
    const sentAt = performance.now();
    const { status, body } = await connection.ask(load.next());
    const answer = { status, milliseconds: performance.now() - dueAt, sinceSent: performance.now() - sentAt };
    answers.push(answer);
    load.onAnswer?.(answer, body);
    const next = due.shift();
    if (next !== undefined) return await send(connection, next);
    idle.push(connection);
  }

  function begin(dueAt: number) {
    const free = idle.pop();
    if (!free && opened === load.mostConnections) return void due.push(dueAt);
    if (!free) opened++;
    const connection = free ?? openConnection(load.port);
    const sending = send(connection, dueAt);
    underWay.add(sending);
    void sending.finally(() => underWay.delete(sending));
  }

  const startedAt = performance.now();
  let sent = 0;
  await new Promise<void>((done) => {
    const tick = setInterval(() => {
      const now = performance.now();
      const wanted = Math.floor((Math.min(now - startedAt, load.milliseconds) / 1000) * load.perSecond);
      for (; sent < wanted; sent++) begin(startedAt + ((sent + 1) / load.perSecond) * 1000);
      if (now - startedAt < load.milliseconds) return;
      clearInterval(tick);
      done();
    }, 1);
  });
  due.length = 0;
  await Promise.allSettled(underWay);
  for (const connection of idle) connection.close();
  return summarise(answers, load.milliseconds / 1000);
}

function summarise(answers: readonly Answer[], seconds: number): Measured {
  const statuses: Record<string, number> = {};
  for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1;
  return {
    answers: answers.length,
    perSecond: Math.round(answers.length / seconds),
    statuses,
    ...percentilesOf(answers.map(({ milliseconds }) => milliseconds)),
  };
}

export function percentilesOf(milliseconds: readonly number[]): { p50: number; p99: number; p999: number } {
  const sorted = Float64Array.from(milliseconds).sort();
  const at = (share: number) => Number((sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2));
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999) };
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

interface Connection {
  ask(bytes: Buffer): Promise<{ status: string; body: Buffer }>;
  close(): void;
}

interface Asked {
  bytes: Buffer;
  done(answer: { status: string; body: Buffer }): void;
  fail(error: Error): void;
}

/**
 * A keep-alive connection that asks one thing at a time, and is opened again when the server closes it. It speaks only
 * as much HTTP/1.1 as our own servers answer with (content-length or chunked), because a full client would cost more
 * than the server under measure.
 */
function openConnection(port: number): Connection {
  let socket: Socket | undefined;
  let asked: Asked | undefined;
  let received: Buffer = Buffer.alloc(0);

  function open(): Socket {
    received = Buffer.alloc(0);
    const opened = connect(port, '127.0.0.1');
    opened.setNoDelay(true);
    opened.on('data', read);
    opened.on('error', (error) => asked?.fail(error));
    opened.on('close', () => {
      if (socket === opened) socket = undefined;
    });
    return opened;
  }

  function read(chunk: Buffer) {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const answer = readAnswer(received);
    if (!answer || !asked) return;
    const { done } = asked;
    asked = undefined;
    received = received.subarray(answer.length);
    if (answer.closes) {
      socket?.destroy();
      socket = undefined;
    }
    done(answer);
  }

  return {
    ask(bytes) {
      return new Promise((done, fail) => {
        asked = { bytes, done, fail };
        socket ??= open();
        socket.write(bytes);
      });
    },
    close: () => socket?.destroy(),
  };
}

function readAnswer(bytes: Buffer): { status: string; body: Buffer; length: number; closes: boolean } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const status = head.slice(9, 12);
  const closes = /\r\nconnection: close/i.test(head);
  const given = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (given !== undefined) {
    const length = end + 4 + Number(given);
    return bytes.length >= length ? { status, body: bytes.subarray(end + 4, length), length, closes } : undefined;
  }
  const last = bytes.indexOf('\r\n0\r\n\r\n', end);
  return last < 0 ? undefined : { status, body: bytes.subarray(end + 4, last), length: last + 7, closes };
}
