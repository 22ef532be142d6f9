import { createServer } from 'node:http';

process.once('message', ({ status, body, type }: { status: number; body: string; type: string }) => {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
    response.end(body);
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as { port: number }).port));
});
process.on('disconnect', () => process.exit());
