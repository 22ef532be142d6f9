import { createServer, request as send } from 'node:http';
import { after } from 'node:test';

/** What happens to one request: it passes, it never arrives, or it arrives and its answer never comes back. */
export type Passage = 'pass' | 'lose-request' | 'lose-answer';

export interface Gate {
  url: string;
  /** Resolves when the first request (or its answer) was lost. */
  firstLoss: Promise<void>;
}

/** A proxy on loopback in front of `target()` that loses what `decide` says; `hold` keeps the lost one's connection open. */
export async function openGate(options: {
  target: () => string;
  decide: (count: number) => Passage;
  hold?: boolean;
}): Promise<Gate> {
  let count = 0;
  let lost: () => void = () => undefined;
  const firstLoss = new Promise<void>((resolve) => {
    lost = resolve;
  });
  const server = createServer((incoming, outgoing) => {
    const passage = options.decide(++count);
    const lose = () => {
      if (!options.hold) outgoing.destroy();
      lost();
    };
    if (passage === 'lose-request') {
      incoming.resume().on('end', lose);
      return;
    }
    const { host: _, ...headers } = incoming.headers;
    const onward = send(new URL(incoming.url ?? '/', options.target()), { method: incoming.method, headers });
    onward.on('error', () => outgoing.destroy());
    onward.on('response', (answer) => {
      if (passage === 'lose-answer') {
        answer.resume().on('end', lose);
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, firstLoss };
}
