import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, createServer, type Server as Door } from 'node:net';

/**
 * Node lets in one connection per listening socket and turn of its loop. Under load a turn takes tens of milliseconds,
 * so who came after two thousand others, be it a health check, was let in seconds later. Sockets that share the port
 * let one in each. Elsewhere than on Linux there is one.
 */
const DOORS = process.platform === 'linux' ? 64 : 1;
// A crowd waits to be let in; beyond the usual 511 their systems would try again only in a second.
const BACKLOG = 4096;

export interface TakenPort {
  port: number;
  /** Lets nobody in any more; resolves when everybody has gone. */
  close(): Promise<void>;
}

/**
 * Has a server listen, with more than one socket where the system can share a port between them. Rejects with Node's
 * error when the port is another's; 0 takes a free one. At most `mostConnections` are open at once; more are closed.
 */
export async function takePort(
  server: Server,
  address: { host: string; port: number; mostConnections: number; doors?: number },
): Promise<TakenPort> {
  const { host, mostConnections, doors: wanted = DOORS } = address;
  const reusePort = wanted > 1;
  if (reusePort && address.port !== 0) await expectUnshared(host, address.port);
  const port = await listen(server, { host, port: address.port, reusePort });
  let inside = 0;
  server.prependListener('connection', (socket) => {
    inside++;
    socket.once('close', () => inside--);
    if (inside > mostConnections) socket.destroy();
  });
  const doors: Door[] = [server];
  while (doors.length < wanted) {
    // As node:http has its own.
    const door = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => server.emit('connection', socket));
    await listen(door, { host, port, reusePort });
    doors.push(door);
  }
  return { port, close: async () => void (await Promise.all(doors.map(close))) };
}

/** Whoever shares a port is not told that somebody else of the same user has it, so it is asked for alone first. */
async function expectUnshared(host: string, port: number): Promise<void> {
  const alone = createServer();
  await listen(alone, { host, port });
  await close(alone);
}

async function listen(door: Door, options: { host: string; port: number; reusePort?: boolean }): Promise<number> {
  door.listen({ ...options, backlog: BACKLOG });
  await once(door, 'listening');
  return (door.address() as AddressInfo).port;
}

async function close(door: Door): Promise<void> {
  await new Promise<void>((resolve) => door.close(() => resolve()));
}
