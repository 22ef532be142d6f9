import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { announceOrigin, isForeignWrite, originOf } from './page-origin.ts';

const PUBLIC = 'https://book.example.org';

function requestWith(headers: Record<string, string>, method = 'POST'): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.method = method;
  request.headers = headers;
  return request;
}

test('EDGE-12: the origin is the public address, whatever the request claims', () => {
  assert.equal(originOf(requestWith({ host: 'evil.example' }), PUBLIC), PUBLIC);
  assert.equal(originOf(requestWith({}), PUBLIC), PUBLIC);
  assert.equal(originOf(requestWith({ host: '127.0.0.1' }), PUBLIC), PUBLIC);
});

test('on one machine alone every loopback name with the right port is the origin', () => {
  const local = 'http://localhost:3000';
  assert.equal(originOf(requestWith({ host: '127.0.0.1:3000' }), local), 'http://127.0.0.1:3000');
  assert.equal(originOf(requestWith({ host: '[::1]:3000' }), local), 'http://[::1]:3000');
  assert.equal(originOf(requestWith({ host: '127.0.0.1:3001' }), local), local);
  assert.equal(originOf(requestWith({ host: 'evil.example:3000' }), local), local);
});

test('EDGE-12: what a client says about proxies is replaced', () => {
  const request = requestWith({
    host: 'evil.example',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'http',
    'x-forwarded-port': '1',
    forwarded: 'host=evil.example',
  });
  announceOrigin(request, PUBLIC);
  assert.deepEqual(request.headers, {
    host: 'book.example.org',
    'x-forwarded-host': 'book.example.org',
    'x-forwarded-proto': 'https',
  });
});

test('reading is never foreign', () => {
  for (const method of ['GET', 'HEAD', 'OPTIONS']) {
    assert.equal(
      isForeignWrite(requestWith({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, method), PUBLIC),
      false,
    );
  }
});

test('a form of our own page is not foreign', () => {
  for (const headers of [
    { origin: PUBLIC },
    { origin: PUBLIC, 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
  ] as Record<string, string>[]) {
    assert.equal(isForeignWrite(requestWith(headers), PUBLIC), false, JSON.stringify(headers));
  }
});

test('a form of any other page is foreign, and so is a request that does not say', () => {
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://book.example.org' },
    { origin: `${PUBLIC}.evil.example` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: PUBLIC },
    { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' },
    {},
  ] as Record<string, string>[]) {
    assert.equal(isForeignWrite(requestWith(headers), PUBLIC), true, JSON.stringify(headers));
  }
});
