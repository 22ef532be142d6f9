import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

// Below the range from which systems take the local ports of connections, so that a process can come back to its port.
const FIRST = 20_000;
const BLOCKS = 200;
const BLOCK_SIZE = 50;

interface Block {
  /** Its first port, which this process listens on as long as it lives, so that no other takes from the block. */
  from: number;
  given: number;
}

let block: Promise<Block> | undefined;

/**
 * A port that nobody listens on, and that nobody else is given: test files run beside each other, and much can happen
 * before a process listens on its port.
 */
export async function freePort(): Promise<number> {
  block ??= takeBlock();
  const own = await block;
  for (;;) {
    const port = own.from + 1 + (own.given++ % (BLOCK_SIZE - 1));
    const server = await listen(port);
    if (!server) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

async function takeBlock(): Promise<Block> {
  for (;;) {
    const from = FIRST + randomInt(BLOCKS) * BLOCK_SIZE;
    const guard = await listen(from);
    guard?.unref();
    if (guard) return { from, given: 0 };
  }
}

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
