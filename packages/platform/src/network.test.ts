import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { networkOf } from './network.ts';

function from(remoteAddress: string, forwarded?: string) {
  return {
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    socket: { remoteAddress },
  } as unknown as IncomingMessage;
}

test('takes an IPv4 address as it is, also when it arrives mapped into IPv6', () => {
  assert.equal(networkOf(from('192.0.2.7'), false), '192.0.2.7');
  assert.equal(networkOf(from('::ffff:192.0.2.7'), false), '192.0.2.7');
});

test('takes the /64 of an IPv6 address, however it is written', () => {
  const expected = '2001:db8:0:1::/64';
  for (const address of ['2001:db8:0:1::7', '2001:db8:0:1:ffff:0:0:9', '2001:0DB8:0000:0001::']) {
    assert.equal(networkOf(from(address), false), expected, address);
  }
  assert.equal(networkOf(from('::1'), false), '0:0:0:0::/64');
});

test('believes a forwarding header only from a proxy of ours, and there only its last hop', () => {
  assert.equal(networkOf(from('10.0.0.1', '198.51.100.1'), false), '10.0.0.1');
  assert.equal(networkOf(from('10.0.0.1', '203.0.113.5, 198.51.100.1'), true), '198.51.100.1');
  assert.equal(networkOf(from('10.0.0.1'), true), '10.0.0.1');
});

test('RATE-03: a port that a proxy adds, which whoever connects chooses anew, is no part of the network', () => {
  assert.equal(networkOf(from('10.0.0.1', '198.51.100.1:40001'), true), '198.51.100.1');
  assert.equal(networkOf(from('10.0.0.1', '[2001:db8:0:1::7]:40001'), true), '2001:db8:0:1::/64');
  assert.equal(networkOf(from('10.0.0.1', '[2001:db8:0:1::7]'), true), '2001:db8:0:1::/64');
});
