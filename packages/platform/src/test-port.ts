import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

// Below the range from which systems take the local ports of connections, so that a process can come back to its port.
const FIRST = 20_000;
const BLOCKS = 200;
const BLOCK_SIZE = 50;

const own: number[] = [];

/**
 * A port that nobody listens on, and that nobody else is given: test files run beside each other, and much can happen
 * before a process listens on its port.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    if (own.length === 0) own.push(...(await takeBlock()));
    const port = own.pop();
    const server = port !== undefined && (await listen(port));
    if (!server) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

/** Takes a block of ports for this process, which listens on the first of them as long as it lives. */
async function takeBlock(): Promise<number[]> {
  for (;;) {
    const first = FIRST + randomInt(BLOCKS) * BLOCK_SIZE;
    const guard = await listen(first);
    guard?.unref();
    if (guard) return Array.from({ length: BLOCK_SIZE - 1 }, (_, n) => first + 1 + n);
  }
}

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
