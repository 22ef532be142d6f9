import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressWith, dateChips, readEventQuery, readView, searchOf } from './event-filter.ts';

const queryOf = (address: string) => readEventQuery(new URLSearchParams(address));

test('what can be read of an address counts, and the rest is passed over', () => {
  assert.deepEqual(queryOf('q= yin &event_type=retreat&practice=&from=2026-12-01&to=soon&price_max=12.5&limit=5&x=y'), {
    q: 'yin',
    event_type: 'retreat',
    from: '2026-12-01',
    price_max: 12.5,
  });
  assert.deepEqual(queryOf('online=true&level=Everyone&available=maybe&online=false'), {
    online: true,
    level: 'Everyone',
  });
});

test('dates are whole days that have neighbours', () => {
  for (const from of ['2026-12-01T10:00:00Z', '1970-01-01', '9999-12-31', '2026-02-30', '2026-13-01']) {
    assert.deepEqual(queryOf(`from=${from}&to=${from}`), {}, from);
  }
});

test('words and paging are apart from what is filtered by', () => {
  assert.deepEqual(searchOf(queryOf('q=yin&after=abc&online=true')), { search: 'yin', filter: { online: true } });
  assert.deepEqual(searchOf(queryOf('')), { search: '', filter: {} });
});

test('a filter is changed or taken away with its paging, and what was left empty goes too', () => {
  const params = new URLSearchParams('q=yin&from=2026-12-01&to=&practice=yin&after=abc');
  assert.equal(addressWith(params, { practice: undefined }), '/events?q=yin&from=2026-12-01');
  assert.equal(addressWith(params, {}), '/events?q=yin&from=2026-12-01&practice=yin');
  assert.equal(addressWith(params, { q: undefined, from: undefined, practice: undefined }), '/events');
  assert.equal(
    addressWith(params, { view: 'week', after: 'def' }),
    '/events?q=yin&from=2026-12-01&practice=yin&after=def&view=week',
  );
});

test('a view that is none is the list', () => {
  assert.deepEqual(
    ['view=week', 'view=month', 'view=year', ''].map((query) => readView(new URLSearchParams(query))),
    ['week', 'month', 'list', 'list'],
  );
});

const chipsOn = (today: string) => dateChips(today).map(({ name, from, to }) => `${name} ${from} ${to}`);

test('the weekend is the next one or this one', () => {
  assert.deepEqual(chipsOn('2026-11-23'), [
    'today 2026-11-23 2026-11-23',
    'weekend 2026-11-28 2026-11-29',
    'week 2026-11-23 2026-11-29',
  ]);
  assert.equal(chipsOn('2026-11-28')[1], 'weekend 2026-11-28 2026-11-29');
  assert.equal(chipsOn('2026-11-29')[1], 'weekend 2026-11-29 2026-11-29');
});
