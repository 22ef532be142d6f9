import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { takePort } from './take-port.ts';

const HOST = '127.0.0.1';
// Only Linux spreads connections over sockets that share a port.
const DOORS = process.platform === 'linux' ? [1, 64] : [1];

async function open(t: TestContext, options: { port?: number; mostConnections?: number; doors?: number } = {}) {
  const server = createServer((request, response) => {
    if (request.url === '/') response.end('here');
  });
  const taken = await takePort(server, { host: HOST, port: 0, mostConnections: 10_000, ...options });
  t.after(async () => {
    const closed = taken.close();
    server.closeAllConnections();
    await closed;
  });
  return { server, ...taken };
}

/** How many of 256 that came while the loop stood still are let in by ten turns of it. */
async function countLetIn(t: TestContext, doors: number): Promise<number> {
  const { server, port } = await open(t, { doors });
  let inside = 0;
  server.on('connection', () => inside++);
  // From a thread of its own: the loop of this one must not turn while they come.
  const come = `const { connect } = require('node:net');
    const { workerData: { port, host, waiting } } = require('node:worker_threads');
    let here = 0;
    for (let i = 0; i < 256; i++) connect(port, host, () => {
      if (++here === 256) { Atomics.store(waiting, 0, 1); Atomics.notify(waiting, 0); }
    });`;
  const waiting = new Int32Array(new SharedArrayBuffer(4));
  const crowd = new Worker(come, { eval: true, workerData: { port, host: HOST, waiting } });
  await once(crowd, 'online');
  assert.notEqual(Atomics.wait(waiting, 0, 0, 20_000), 'timed-out');
  for (let turn = 0; turn < 10; turn++) await nextTurn();
  const letIn = inside;
  await crowd.terminate();
  return letIn;
}

for (const doors of DOORS) {
  test(`lets a crowd in by ${doors} doors, one by each with a turn`, async (t) => {
    const letIn = await countLetIn(t, doors);
    assert.ok(doors === 1 ? letIn <= 11 : letIn > 128, `${letIn} came in`);
  });

  test(`answers whoever comes, by ${doors} doors`, async (t) => {
    const { port } = await open(t, { doors });
    const answers = await Promise.all(
      Array.from({ length: 100 }, async () => await (await fetch(`http://${HOST}:${port}/`)).text()),
    );
    assert.deepEqual(new Set(answers), new Set(['here']));
  });

  test(`holds as many connections as it may, by ${doors} doors`, async (t) => {
    const { port } = await open(t, { doors, mostConnections: 20 });
    const sockets: Socket[] = [];
    t.after(() => sockets.forEach((socket) => void socket.destroy()));
    let ended = 0;
    for (let i = 0; i < 30; i++) {
      const socket = connect(port, HOST);
      socket.on('close', () => ended++).on('error', () => undefined);
      sockets.push(socket);
    }
    while (ended < 10) await nextTurn();
    const held = sockets.filter((socket) => !socket.closed);
    assert.equal(held.length, 20);
    held[0]?.destroy();
    // Who leaves makes room for another.
    for (;;) {
      const text = await fetch(`http://${HOST}:${port}/`).then(
        (answer) => answer.text(),
        () => undefined,
      );
      if (text === 'here') break;
    }
  });
}

test('does not share its port with another of its kind', async (t) => {
  const { port } = await open(t);
  await assert.rejects(open(t, { port }), { code: 'EADDRINUSE' });
});

test('closes every door, and waits for those inside', async (t) => {
  const { server, port, close } = await open(t);
  const inside = connect(port, HOST);
  inside.write('GET /never-answered HTTP/1.1\r\nhost: here\r\n\r\n');
  await once(server, 'request');
  let isClosed = false;
  const closed = close().then(() => {
    isClosed = true;
  });
  for (let i = 0; i < 100; i++) await assert.rejects(once(connect(port, HOST), 'connect'), { code: 'ECONNREFUSED' });
  assert.equal(isClosed, false);
  inside.destroy();
  await closed;
});
