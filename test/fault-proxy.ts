import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a proxy does to the bytes that pass from now on, also over connections that are open already. */
export type Fault =
  | { kind: 'none' }
  /** Each chunk is held up, in both directions. */
  | { kind: 'delay'; ms: number }
  /** Answers arrive a few bytes at a time. */
  | { kind: 'trickle'; bytes: number; everyMs: number }
  /** Bytes vanish in both directions and nobody is told, as behind a cable that was pulled. */
  | { kind: 'black-hole' }
  /** Connections are broken, and new ones too. */
  | { kind: 'cut' }
  /** Each connection is broken after so many bytes of its answers. */
  | { kind: 'cut-after'; bytes: number }
  /**
   * A request that matches goes through and its answer is lost: the connection is broken when the answer has come or,
   * with `isSilent`, everything on it vanishes from then on.
   */
  | { kind: 'lose-answer'; to: RegExp; isSilent?: boolean };

export interface FaultProxy {
  port: number;
  /** The same address, by way of the proxy. */
  through(url: string): string;
  set(fault: Fault): void;
  /** What is open now goes silent for good, in both directions; what is opened from now on is sound. */
  strand(): void;
  /** How many connections are open, and how many answers were lost. */
  counts(): { open: number; lost: number };
}

interface Link {
  near: Socket;
  far: Socket;
  isSilent: boolean;
  /** Its next answer is to be lost. */
  isDoomed: boolean;
  answered: number;
  end(): void;
}

/** A TCP proxy on loopback before `target`; it ends with the test file (or the running test). */
export async function openFaultProxy(target: { port: number }): Promise<FaultProxy> {
  let fault: Fault = { kind: 'none' };
  let lost = 0;
  const links = new Set<Link>();

  function take(near: Socket) {
    const far = connect(target.port, '127.0.0.1');
    const link: Link = { near, far, isSilent: false, isDoomed: false, answered: 0, end };
    function end() {
      links.delete(link);
      near.destroy();
      far.destroy();
    }
    links.add(link);
    for (const socket of [near, far]) socket.setNoDelay(true).on('error', end).on('close', end);
    if (fault.kind === 'cut') return end();
    pump(near, {
      alter: (chunk) => {
        if (fault.kind === 'lose-answer' && fault.to.test(chunk.toString('latin1'))) link.isDoomed = true;
        return pass(link, chunk);
      },
      write: async (chunk) => void far.write(chunk),
    });
    pump(far, { alter: (chunk) => passAnswer(link, chunk), write: (chunk) => writeAnswer(near, chunk) });
  }

  async function pass(link: Link, chunk: Buffer): Promise<Buffer | undefined> {
    if (fault.kind === 'black-hole') link.isSilent = true;
    if (fault.kind === 'delay') await sleep(fault.ms);
    return link.isSilent ? undefined : chunk;
  }

  async function passAnswer(link: Link, chunk: Buffer): Promise<Buffer | undefined> {
    link.answered += chunk.length;
    if (link.isDoomed) {
      if (!link.isSilent) lost++;
      if (fault.kind === 'lose-answer' && fault.isSilent) link.isSilent = true;
      else link.end();
      return undefined;
    }
    if (fault.kind === 'cut-after' && link.answered > fault.bytes) {
      const kept = Math.max(0, chunk.length - (link.answered - fault.bytes));
      link.near.end(chunk.subarray(0, kept), link.end);
      return undefined;
    }
    return await pass(link, chunk);
  }

  async function writeAnswer(near: Socket, chunk: Buffer): Promise<void> {
    if (fault.kind !== 'trickle') return void near.write(chunk);
    const { bytes, everyMs } = fault;
    for (let at = 0; at < chunk.length && !near.destroyed; at += bytes) {
      near.write(chunk.subarray(at, at + bytes));
      await sleep(everyMs);
    }
  }

  const server = createServer(take).listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => {
    server.close();
    for (const link of links) link.end();
  });
  const { port } = server.address() as { port: number };
  return {
    port,
    through(url) {
      const changed = new URL(url);
      changed.hostname = '127.0.0.1';
      changed.port = String(port);
      return changed.href;
    },
    set(next) {
      fault = next;
      if (next.kind === 'cut') for (const link of links) link.end();
    },
    strand() {
      for (const link of links) link.isSilent = true;
    },
    counts: () => ({ open: links.size, lost }),
  };
}

interface Passage {
  /** What becomes of a chunk; several may be on their way. */
  alter(chunk: Buffer): Promise<Buffer | undefined>;
  /** Hands one on; they come in order, one after the other. */
  write(chunk: Buffer): Promise<void>;
}

function pump(from: Socket, { alter, write }: Passage): void {
  let previous = Promise.resolve();
  from.on('data', (chunk: Buffer) => {
    const altered = alter(chunk);
    previous = previous.then(async () => {
      const passed = await altered;
      if (passed) await write(passed);
    });
  });
}
