import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMinutes, readPlaces, readPrice } from './read-value.ts';

const EURO = { fallback: 'EUR' };

test('reads prices as studios write them', () => {
  for (const [text, price] of [
    ['17', 17],
    ['17.5', 17.5],
    ['995.0', 995],
    ['12,50', 12.5],
    ['1.234,50', 1234.5],
    ['1,234.50', 1234.5],
    ['1.234.567', 1_234_567],
    ["1'200.00", 1200],
    ['1 200', 1200],
    ['25,-', 25],
    ['Free', 0],
    ['0', 0],
  ] as const) {
    assert.equal(readPrice(text, EURO).price, price, text);
  }
});

test('reads a currency beside the price, and whole rupiah with a mark between the thousands', () => {
  assert.deepEqual(readPrice('€ 17,50', EURO), { price: 17.5, currency: 'EUR' });
  assert.deepEqual(readPrice('IDR 150.000', EURO), { price: 150_000, currency: 'IDR' });
  assert.deepEqual(readPrice('Rp150.000', EURO), { price: 150_000, currency: 'IDR' });
  assert.deepEqual(readPrice('150,000', { fallback: 'IDR' }), { price: 150_000 });
  assert.deepEqual(readPrice('$35', { fallback: 'AUD' }), { price: 35, currency: 'AUD' });
  assert.deepEqual(readPrice('20 GBP', EURO), { price: 20, currency: 'GBP' });
});

test('does not guess what a price means', () => {
  assert.throws(() => readPrice('1.234', EURO), /thousands or a fraction/);
  assert.equal(readPrice('1.234', { ...EURO, decimal: ',' }).price, 1234);
  assert.throws(() => readPrice('$35', EURO), /whose dollar/);
  assert.throws(() => readPrice('$35', { stated: 'EUR', fallback: 'EUR' }), /whose dollar/);
  assert.throws(
    () => readPrice('£35', { stated: 'EUR', fallback: 'EUR' }),
    /is in GBP, while the currency beside it is EUR/,
  );
});

test('refuses what is no price', () => {
  for (const text of [
    '',
    'abc',
    '-5',
    'NaN',
    'Infinity',
    '1e999',
    '20-30',
    '$350 + 5 nights',
    '1,23,4',
    '99999999999',
    '17.123456',
    'constructor 5',
  ]) {
    assert.throws(() => readPrice(text, EURO), { field: 'price' }, text);
  }
});

test('reads durations in minutes, hours, days, clocks and ISO', () => {
  for (const [text, minutes] of [
    ['75', 75],
    ['75 min', 75],
    ['1:15', 75],
    ['1h15', 75],
    ['1.5 hours', 90],
    ['1 hour 30 minutes', 90],
    ['PT1H15M', 75],
    ['P1DT1H', 1500],
    ['7 days', 10_080],
  ] as const) {
    assert.equal(readMinutes(text, 'minutes'), minutes, text);
  }
  assert.equal(readMinutes('1.5', 'hours'), 90);
});

test('refuses no length, less than none, and more than a year', () => {
  for (const text of ['0', '-60', 'an hour or so', '400 days', 'P2Y', '1e9', '5 fortnights']) {
    assert.throws(() => readMinutes(text, 'minutes'), { field: 'duration' }, text);
  }
});

test('refuses places that are no whole number', () => {
  assert.equal(readPlaces('12'), 12);
  assert.equal(readPlaces('12.0'), 12);
  for (const text of ['', '12.5', '-1', 'many', '1e3', '999999']) {
    assert.throws(() => readPlaces(text), { field: 'max_participants' }, text);
  }
});
