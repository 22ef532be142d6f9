import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { sign, verify } from './signature.ts';

const OLD = `whsec_${Buffer.alloc(32, 'o').toString('base64')}`;
const NEW = `whsec_${Buffer.alloc(32, 'n').toString('base64')}`;
const NOW = new Date();
const BODY = '{"notifications":[{"user_name":"Zoë 🌿"}]}';

function signed(secrets: readonly string[], body = BODY, now = NOW) {
  return sign(body, { id: 'msg_1', secrets, now });
}

function check(
  headers: Partial<ReturnType<typeof signed>>,
  { body = Buffer.from(BODY) as Uint8Array, secrets = [NEW] as readonly string[], now = NOW } = {},
) {
  return verify(
    body,
    {
      id: headers['webhook-id'],
      timestamp: headers['webhook-timestamp'],
      signature: headers['webhook-signature'],
    },
    { secrets, now },
  );
}

test('the reference implementation accepts what we sign, and we accept what it signs', () => {
  new Webhook(NEW).verify(BODY, { ...signed([NEW, OLD]) });
  new Webhook(OLD).verify(BODY, { ...signed([NEW, OLD]) });
  const theirs = new Webhook(NEW).sign('msg_1', NOW, BODY);
  assert.equal(check({ ...signed([OLD]), 'webhook-signature': theirs }), undefined);
});

test('NOTIF-15: keys rotate without a refusal: both know both, then the old one is dropped', () => {
  assert.equal(check(signed([OLD]), { secrets: [NEW, OLD] }), undefined);
  assert.equal(check(signed([NEW, OLD]), { secrets: [OLD] }), undefined);
  assert.equal(check(signed([NEW, OLD]), { secrets: [NEW] }), undefined);
  assert.equal(check(signed([OLD]), { secrets: [NEW] }), 'no-matching-signature');
});

test('NOTIF-12: a POST is accepted for five minutes around its time, and not a second longer', () => {
  const headers = signed([NEW]);
  const at = Number(headers['webhook-timestamp']) * 1000;
  for (const [seconds, fault] of [
    [-301, 'stale-timestamp'],
    [-299, undefined],
    [299, undefined],
    [301, 'stale-timestamp'],
  ] as const) {
    assert.equal(check(headers, { now: new Date(at + seconds * 1000) }), fault, `${seconds}`);
  }
});

test('ten signatures are looked at, no more', () => {
  const headers = signed([NEW]);
  const junk = (count: number) => Array(count).fill(`v1,${Buffer.alloc(32).toString('base64')}`);
  const withJunk = (count: number) => ({
    ...headers,
    'webhook-signature': [...junk(count), headers['webhook-signature']].join(' '),
  });
  assert.equal(check(withJunk(9)), undefined);
  assert.equal(check(withJunk(10)), 'no-matching-signature');
});

test('NOTIF-10: odd headers are refused and never thrown over', () => {
  const headers = signed([NEW]);
  const mac = headers['webhook-signature'].slice(3);
  for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const) {
    for (const value of [undefined, '']) assert.equal(check({ ...headers, [name]: value }), 'missing-header');
  }
  for (const timestamp of ['x', '-1', '1e9', ' 1', '1.5', '9'.repeat(40), `${headers['webhook-timestamp']} `]) {
    assert.equal(check({ ...headers, 'webhook-timestamp': timestamp }), 'stale-timestamp', timestamp);
  }
  for (const signature of [
    mac,
    `v2,${mac}`,
    `V1,${mac}`,
    `v1 ${mac}`,
    'v1,',
    'v1',
    `v1,${mac.slice(4)}`,
    'v1,%%%',
    `v1,${mac},${headers['webhook-signature']}`.slice(0, 20),
  ]) {
    assert.equal(check({ ...headers, 'webhook-signature': signature }), 'no-matching-signature', signature);
  }
});

test('NOTIF-09: whatever is changed in id, time, signature or body, it is refused', () => {
  const headers = signed([NEW]);
  const bytes = Buffer.from(BODY);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const forged = Buffer.from(bytes);
      forged[at] = (forged[at] ?? 0) ^ change;
      return check(headers, { body: forged }) === 'no-matching-signature';
    }),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }),
      (id) => id === 'msg_1' || check({ ...headers, 'webhook-id': id }) !== undefined,
    ),
    { numRuns: 250 },
  );
  fc.assert(
    fc.property(fc.integer({ min: -299, max: 298 }), (shift) => {
      const moved = String(Number(headers['webhook-timestamp']) + (shift >= 0 ? shift + 1 : shift));
      return check({ ...headers, 'webhook-timestamp': moved }) === 'no-matching-signature';
    }),
    { numRuns: 250 },
  );
});

test('NOTIF-11: bytes are signed, not their meaning: a space, a byte order mark or another spelling is another body', () => {
  const headers = signed([NEW]);
  for (const body of [`${BODY} `, `\uFEFF${BODY}`, BODY.replace('ë', '\\u00eb'), BODY.replace('ë', 'e\u0308')]) {
    assert.equal(check(headers, { body: Buffer.from(body) }), 'no-matching-signature');
  }
  assert.equal(check(headers, { body: Buffer.from([0xff, 0xfe, 0x00]) }), 'no-matching-signature');
});
