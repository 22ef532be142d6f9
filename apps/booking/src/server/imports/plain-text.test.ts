import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainLine, plainText, shown, withoutUnseen } from './plain-text.ts';

test('EDGE-02: makes HTML text: blocks become lines, links keep their address, scripts go', () => {
  const html =
    '<p>Bring a mat &amp; water.&nbsp;</p>\n<ul><li>Tea<li>Cake</ul><script>steal()</script>Ask <a href="https://tea.example/?a=1&amp;b=2">us</a><br>now';
  assert.equal(plainText(html), 'Bring a mat & water.\n\n- Tea\n- Cake\n\nAsk us (https://tea.example/?a=1&b=2)\nnow');
});

test('drops addresses that run programs', () => {
  assert.equal(plainText('<p><a href="javascript:alert(1)">press</a></p>'), 'press');
});

test('leaves text that is no HTML as it is', () => {
  assert.equal(plainText('a < b and c > d\r\nnext & last'), 'a < b and c > d\nnext & last');
});

test('reads entities of a title and leaves its tags as text', () => {
  assert.equal(plainLine('Yin &#038; Yang&nbsp;&ndash; slow'), 'Yin & Yang – slow');
  assert.equal(plainLine('<b>Yin</b>'), '<b>Yin</b>');
  assert.equal(plainLine(' Yin\n  Yang '), 'Yin Yang');
});

test('reads an escaped entity once', () => {
  assert.equal(plainLine('&amp;lt;b&amp;gt;'), '&lt;b&gt;');
});

test('takes out what nobody sees', () => {
  assert.deepEqual(withoutUnseen('a\u0000b\u202Ec\n\td'), { text: 'abc\n\td', hadUnseen: true });
});

test('shows values so that they cannot steer a terminal', () => {
  assert.equal(shown('a\u001B[31mb\nc\u202Ed\uD800'), 'a\\u{1b}[31mb c\\u{202e}d\uFFFD');
  assert.equal([...shown('x'.repeat(500))].length, 60);
});
