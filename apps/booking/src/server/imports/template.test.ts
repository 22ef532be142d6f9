import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileTemplate, slug } from './template.ts';

test('fills a template from columns, or names one column', () => {
  const header = ['day', 'hours'];
  assert.equal(
    compileTemplate('{day} {hours}', header, 'date_time')({ day: ' 1 May ', hours: '18:00' }),
    '1 May 18:00',
  );
  assert.equal(compileTemplate('day', header, 'date_time')({ day: ' 1 May ', hours: '' }), '1 May');
  assert.equal(compileTemplate('Room {day}', header, 'place')({ day: '', hours: '' }), '');
});

test('names the columns there are when one is unknown', () => {
  assert.throws(() => compileTemplate('{dya}', ['day', 'hours'], 'date_time'), /column “dya”.*It has: day, hours/);
  assert.throws(() => compileTemplate('toString', ['day'], 'title'), /column “toString”/);
  assert.throws(() => compileTemplate('{day|upper}', ['day'], 'title'), /only such word is “slug”/);
});

test('makes names fit an address, each its own, whatever the script', () => {
  assert.equal(slug('Zoë van der Berg'), 'zoe.van.der.berg');
  assert.equal(slug('Matsyendra .'), 'matsyendra');
  assert.equal(slug("Siobhán O'Neill-Łoś"), 'siobhan.oneill.los');
  assert.equal(slug('Björn Østby'), 'bjorn.ostby');
  const names = ['Ελένη', 'ნინო', '陈明', 'محمد', 'Þóra Ægisdóttir', '陈明明'];
  assert.equal(new Set(names.map(slug)).size, names.length);
  for (const name of names) assert.match(slug(name), /^[a-z0-9.-]{1,48}$/);
  assert.equal(slug('陈明'), slug('陈明'));
});
