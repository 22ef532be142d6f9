import { createServer } from 'node:http';

interface Answer {
  status: number;
  body: string | Uint8Array;
  headers: Record<string, string>;
}

process.once('message', ({ status, body, headers }: Answer) => {
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
