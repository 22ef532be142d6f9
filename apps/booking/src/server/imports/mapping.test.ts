import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMapping } from './mapping.ts';
import { csvOf, readText } from './test-rows.ts';

test('says in a sentence what is wrong with a mapping', () => {
  for (const [json, sentence] of [
    ['{', /not JSON/],
    ['[]', /^The mapping /],
    ['{"colums": {}}', /has “colums”, which means nothing here/],
    ['{"columns": {"titel": "Class"}}', /columns has “titel”, which is no field of an event; these are: title, /],
    ['{"time_zone": "Amsterdam"}', /time_zone is no time zone such as Europe\/Lisbon/],
    ['{"delimiter": "::"}', /delimiter is one of/],
    ['{"encoding": "klingon"}', /encoding is one of utf-8/],
    ['{"skip": [{"column": "a", "reason": "b"}]}', /either “equals” or “matches”/],
    ['{"skip": [{"column": "a", "matches": "(", "reason": "b"}]}', /no valid expression/],
    ['{"skip": [{"column": "a", "equals": "b"}]}', /skip.0.reason/],
    ['{"source": "My Studio!"}', /source is a short name/],
    ['{"defaults": {"currency": "EURO"}}', /no currency code/],
    ['{"formats": {"duration": "weeks"}}', /formats.duration is minutes, hours or days/],
  ] as const) {
    assert.throws(() => readMapping(json), { name: 'ImportError', message: sentence }, json);
  }
});

test('names all that nothing says, and the columns there are', () => {
  assert.throws(
    () => readText('Class,When\n'),
    /Nothing says title, date_time, max_participants, price, facilitator_email .*columns Class, When/s,
  );
});

test('names a column that the file does not have', () => {
  assert.throws(
    () => readText(csvOf({}), { json: { columns: { title: 'Class' } } }),
    /“title” names the column “Class”/,
  );
  const skip = [{ column: 'state', equals: 'x', reason: 'y' }];
  assert.throws(() => readText(csvOf({}), { json: { skip } }), /column “state”/);
});

test('puts other words for values, and defaults where there is none', () => {
  const json = { values: { price: { 'N/A': 0 }, event_type: { Class: 'session' } }, defaults: { max_participants: 7 } };
  const { drafts } = readText(csvOf({ price: 'N/A', event_type: 'Class', max_participants: '' }), { json });
  assert.deepEqual([drafts[0]?.price, drafts[0]?.event_type, drafts[0]?.max_participants], [0, 'session', 7]);
});
