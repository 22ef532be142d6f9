import { createServer } from 'node:http';
import type { WholeAnswer } from './whole-answer.ts';

process.once('message', ({ status, body, headers }: WholeAnswer) => {
  const bytes = typeof body === 'string' ? body : Buffer.from(body);
  const whole = { ...headers, 'content-length': Buffer.byteLength(bytes) };
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, whole);
    response.end(bytes);
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as { port: number }).port));
});
process.on('disconnect', () => process.exit());
