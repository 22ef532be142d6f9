import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEventQuery } from './event-filter.ts';
import { pillsOf } from './event-pills.ts';
import { filterFieldsOf, keptFieldsOf } from './filter-form.ts';

const choice = (value: string, count: number, label = value) => ({ value, label, count });
const CHOICES = {
  total: 3,
  isWhole: true,
  event_type: [choice('session', 2), choice('retreat', 1)],
  practice: [choice('Tài Chi', 1), choice('yin', 2)],
  level: [],
  facilitator_id: [choice('4', 3, 'Maya Lind')],
  time_of_day: [choice('morning', 3)],
  online: [choice('false', 2), choice('true', 1)],
  available: [choice('true', 3)],
};

const fieldsOf = (address: string) =>
  Object.fromEntries(
    filterFieldsOf(readEventQuery(new URLSearchParams(address)), CHOICES).map(({ name, value, options }) => [
      name,
      `${value}: ${options.map(({ label }) => label).join(', ')}`,
    ]),
  );

test('a filter offers what there is, with what it leaves, and is left out where there is no choice', () => {
  assert.deepEqual(fieldsOf(''), {
    event_type: ': Any, Sessions (2), Retreats (1)',
    practice: ': Any, Tài Chi (1), Yin (2)',
    online: ': Any, In person (2), Online (1)',
  });
});

test('what is asked for is chosen, however it is written, and also where there is none of it', () => {
  assert.equal(fieldsOf('practice=TAI CHI').practice, 'Tài Chi: Any, Tài Chi (1), Yin (2)');
  assert.equal(fieldsOf('practice=drums').practice, 'drums: Any, Tài Chi (1), Yin (2), Drums (0)');
  assert.equal(fieldsOf('facilitator_id=4').facilitator_id, '4: Anybody, Maya Lind (3)');
  assert.equal(fieldsOf('level=all').level, 'all: Any, All (0)');
});

test('the form keeps the view and where it is', () => {
  const query = readEventQuery(new URLSearchParams('from=2026-12-01'));
  assert.deepEqual(keptFieldsOf(query, 'list'), []);
  assert.deepEqual(keptFieldsOf(query, 'week'), [
    { name: 'view', value: 'week' },
    { name: 'from', value: '2026-12-01' },
  ]);
});

test('every condition is a pill that leads to the same without it', () => {
  const address =
    'q=lamp&event_type=retreat&practice=yin&level=all&facilitator_id=4&from=2026-12-01&to=2026-12-24&time_of_day=evening&price_max=0&online=false&available=true';
  const params = new URLSearchParams(address);
  const pills = pillsOf(readEventQuery(params), { params, facilitators: CHOICES.facilitator_id, currency: 'EUR' });
  assert.deepEqual(
    pills.map(({ label }) => label),
    [
      '“lamp”',
      'Retreats',
      'yin',
      'all',
      'with Maya Lind',
      'from 1 Dec 2026',
      'until 24 Dec 2026',
      'in the evening',
      'In person',
      'Free',
      'with free places',
    ],
  );
  assert.equal(pills[0]?.href, `/events?${address.replace('q=lamp&', '')}`);
  const [cheap] = pillsOf({ price_max: 12.5 }, { params, facilitators: CHOICES.facilitator_id, currency: 'EUR' });
  assert.equal(cheap?.label, 'up to €12.50');
});
