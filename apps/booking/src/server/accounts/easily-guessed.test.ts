import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newPassword } from './account-schemas.ts';
import { isEasilyGuessed } from './easily-guessed.ts';
import { createPasswords } from './passwords.ts';

test('AUTHN-12: a password is as long as people count, of whatever it is made', () => {
  for (const taken of [
    'ten letter',
    'tenletters',
    'TENLETTERZ',
    '8402917365',
    '👍🏽 ja, gerne',
    'öööö abcdef',
    ' leading and trailing ',
    `${'long '.repeat(25)}end`,
    `${'word '.repeat(25)}128`,
  ]) {
    assert.equal(newPassword.safeParse(taken).success, true, taken);
    assert.equal(newPassword.parse(taken), taken, 'kept as it is');
  }
  for (const refused of ['nine char', '👍'.repeat(9), 'x y'.repeat(43), 'ten chars \0', 'ten chars \ud800', '']) {
    assert.equal(newPassword.safeParse(refused).success, false, refused);
  }
});

test('AUTHN-12: what others try first is refused, however it is dressed up', () => {
  for (const refused of [
    '1234567890',
    'qwertyuiop',
    'QwertyUiop',
    'password123',
    'Password123!',
    'password12',
    '1q2w3e4r5t',
    'q1w2e3r4t5y6',
    'liverpool1',
    'manchester',
    'Manchester2026!',
    'strawberry77',
    'aaaaaaaaaaaa',
    '1212121212',
    'ｑｗｅｒｔｙｕｉｏｐ',
  ]) {
    assert.equal(isEasilyGuessed(refused), true, refused);
    assert.equal(newPassword.safeParse(refused).success, false, refused);
  }
  for (const taken of [
    'quiet mornings',
    'a manchester of cotton',
    'strawberry and basil',
    'gorse-lantern',
    '7hx2-99ab-qq',
  ]) {
    assert.equal(isEasilyGuessed(taken), false, taken);
  }
});

test('AUTHN-12: words of what this is about are refused with whatever stands behind them', () => {
  for (const refused of [
    'Samaya2026!',
    'samaya-1234',
    'Retreat 2026',
    'facilitator',
    'administrator1',
    'Yoga!!!!!!!!',
  ]) {
    assert.equal(newPassword.safeParse(refused).success, false, refused);
  }
  for (const taken of ['samaya and gorse', 'my 3rd retreat', '2026 yoga mats']) {
    assert.equal(newPassword.safeParse(taken).success, true, taken);
  }
});

test('AUTHN-12: two passwords that begin alike for 72 bytes are two, and forms of one letter are one', async () => {
  const passwords = createPasswords();
  const prefix = 'a'.repeat(36) + 'b'.repeat(36);
  const kept = await passwords.hash(`${prefix} one`);
  assert.equal(await passwords.verify(`${prefix} one`, kept), true);
  assert.equal(await passwords.verify(`${prefix} two`, kept), false);
  assert.equal(await passwords.verify(prefix, kept), false);
  assert.equal(await passwords.verify('cafe\u0301 au lait', await passwords.hash('caf\u00e9 au lait')), true);
});
