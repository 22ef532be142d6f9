import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openFaultProxy } from './fault-proxy.ts';

const received: string[] = [];
const target = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    received.push(chunk.toString());
    socket.write(`answer to ${chunk}`);
  });
}).listen(0, '127.0.0.1');
await once(target, 'listening');
after(() => target.close());

/** A proxy before the target, and clients of it that keep what they are told. */
async function openTrial() {
  const proxy = await openFaultProxy(target.address() as { port: number });
  const open = async () => {
    const socket = connect(proxy.port, '127.0.0.1').setEncoding('utf8');
    const client = { socket, told: '', pieces: 0, closed: false };
    socket.on('data', (text: string) => {
      client.told += text;
      client.pieces++;
    });
    socket
      .on('error', () => undefined)
      .on('close', () => {
        client.closed = true;
      });
    after(() => socket.destroy());
    await once(socket, 'connect');
    return client;
  };
  return { proxy, open };
}

const LONG_MS = 20_000;
/** For what is not to come. */
const SHORT_MS = 300;

async function ask(client: { socket: Socket; told: string; closed: boolean }, text: string, waitMs = LONG_MS) {
  const before = client.told.length;
  client.socket.write(text);
  const until = performance.now() + waitMs;
  while (client.told.length === before && !client.closed && performance.now() < until) await sleep(5);
  return client.told.slice(before);
}

async function waitUntil(isSo: () => boolean) {
  const until = performance.now() + LONG_MS;
  while (!isSo()) {
    assert.ok(performance.now() < until, `not so after ${LONG_MS} ms: ${isSo}`);
    await sleep(5);
  }
}

test('without a fault everything passes', async () => {
  const { open } = await openTrial();
  assert.equal(await ask(await open(), 'one'), 'answer to one');
});

test('delays both ways', async () => {
  const { proxy, open } = await openTrial();
  const client = await open();
  proxy.set({ kind: 'delay', ms: 60 });
  const begin = performance.now();
  assert.equal(await ask(client, 'one'), 'answer to one');
  // A timer may end a millisecond early.
  assert.ok(performance.now() - begin >= 116);
});

test('trickles an answer', async () => {
  const { proxy, open } = await openTrial();
  const client = await open();
  proxy.set({ kind: 'trickle', bytes: 2, everyMs: 10 });
  await ask(client, 'one');
  await waitUntil(() => client.told.length >= 'answer to one'.length);
  assert.equal(client.told, 'answer to one');
  // Seven, of which some may come together where nobody looked for a while.
  assert.ok(client.pieces > 1);
});

test('in a black hole nothing arrives, nobody is told, and what vanished never comes', async () => {
  const { proxy, open } = await openTrial();
  const client = await open();
  proxy.set({ kind: 'black-hole' });
  assert.equal(await ask(client, 'lost', SHORT_MS), '');
  assert.ok(!client.closed && !received.includes('lost'));
  proxy.set({ kind: 'none' });
  assert.equal(await ask(client, 'also lost', SHORT_MS), '');
  assert.equal(await ask(await open(), 'one'), 'answer to one');
});

test('strands what is open and lets in what is new', async () => {
  const { proxy, open } = await openTrial();
  const client = await open();
  await ask(client, 'one');
  proxy.strand();
  assert.equal(await ask(client, 'lost', SHORT_MS), '');
  assert.ok(!client.closed);
  assert.equal(await ask(await open(), 'one'), 'answer to one');
});

test('cuts what is open, and what is opened', async () => {
  const { proxy, open } = await openTrial();
  const client = await open();
  proxy.set({ kind: 'cut' });
  assert.equal(await ask(client, 'lost'), '');
  assert.ok(client.closed);
  const another = await open();
  assert.equal(await ask(another, 'lost'), '');
  assert.ok(another.closed);
});

test('cuts after some bytes', async () => {
  const { proxy, open } = await openTrial();
  const client = await open();
  proxy.set({ kind: 'cut-after', bytes: 20 });
  assert.equal(await ask(client, 'one'), 'answer to one');
  assert.equal(await ask(client, 'two'), 'answer ');
  await waitUntil(() => client.closed);
});

test('carries a request and loses its answer', async () => {
  const { proxy, open } = await openTrial();
  const client = await open();
  proxy.set({ kind: 'lose-answer', to: /commit/ });
  assert.equal(await ask(client, 'begin'), 'answer to begin');
  assert.equal(await ask(client, 'commit it'), '');
  assert.ok(client.closed && received.includes('commit it'));
  assert.equal(proxy.counts().lost, 1);

  const patient = await open();
  proxy.set({ kind: 'lose-answer', to: /commit/, isSilent: true });
  patient.socket.write('commit more');
  await waitUntil(() => proxy.counts().lost === 2);
  assert.ok(received.includes('commit more'));
  assert.equal(await ask(patient, 'more', SHORT_MS), '');
  assert.ok(!patient.closed);
});
