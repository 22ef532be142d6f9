import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MailedLink, opensLink, subjectOfToken, tokenOf } from './mailed-link.ts';

const ASKED = new Date('2026-12-01T10:00:00.123Z');
const PROVE: MailedLink = { purpose: 'prove', userId: 7, email: 'ana@studio.example', askedAt: ASKED };
const RESET: MailedLink = {
  purpose: 'reset',
  userId: 7,
  email: 'ana@studio.example',
  askedAt: ASKED,
  password: '$argon2id$a',
};
const ADDRESS: MailedLink = { ...RESET, purpose: 'address', newEmail: 'ana@new.example' };
const GUEST: MailedLink = { purpose: 'guest', bookingId: 7, userId: 3, email: 'ana@studio.example' };
const KEYS = ['first-key', 'second-key'];

test('a link is opened by its own token, also after the keys were changed', () => {
  for (const link of [PROVE, RESET, ADDRESS, GUEST]) {
    const token = tokenOf(KEYS, link);
    assert.equal(subjectOfToken(token), 7);
    assert.equal(opensLink(KEYS, token, link), true);
    assert.equal(opensLink(['new-key', ...KEYS], token, link), true);
    assert.equal(opensLink(['new-key'], token, link), false);
  }
});

test('a link is not opened by the token of another purpose, person, address, moment or password', () => {
  const links: MailedLink[] = [
    PROVE,
    RESET,
    GUEST,
    { ...PROVE, userId: 8 },
    { ...PROVE, email: 'eve@studio.example' },
    { ...PROVE, askedAt: new Date(ASKED.getTime() + 1) },
    { ...RESET, password: '$argon2id$b' },
    ADDRESS,
    { ...ADDRESS, newEmail: 'eve@new.example' },
    { ...ADDRESS, password: '$argon2id$b' },
    { ...GUEST, userId: 4 },
    { ...GUEST, bookingId: 8 },
  ];
  for (const [one, link] of links.entries()) {
    for (const [other, another] of links.entries()) {
      assert.equal(opensLink(KEYS, tokenOf(KEYS, link), another), one === other, `${one} ${other}`);
    }
  }
});

test('what is no token is about nothing', () => {
  const token = tokenOf(KEYS, PROVE);
  for (const text of [
    '',
    '7',
    '7.',
    `0${token}`,
    `-${token}`,
    `${token}a`,
    token.slice(0, -1),
    `99999999999.${'a'.repeat(43)}`,
  ]) {
    assert.equal(subjectOfToken(text), undefined, text);
  }
});
