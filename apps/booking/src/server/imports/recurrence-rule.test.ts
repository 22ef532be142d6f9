import assert from 'node:assert/strict';
import { test } from 'node:test';
import ICAL from 'ical.js';
import { startsOf } from './recurrence-rule.ts';

function days(rule: string, start: string, most = 5): string {
  const found: string[] = [];
  for (const time of startsOf(ICAL.Recur.fromString(rule), Temporal.PlainDateTime.from(start), { isDate: false })) {
    found.push(time.toPlainDate().toString());
    if (found.length === most) break;
  }
  return found.join(' ');
}

test('repeats by days, weeks, months and years', () => {
  assert.equal(days('FREQ=DAILY;INTERVAL=10', '2027-02-20T18:00', 3), '2027-02-20 2027-03-02 2027-03-12');
  assert.equal(
    days('FREQ=WEEKLY;BYDAY=MO,TH;COUNT=4', '2027-03-04T18:00'),
    '2027-03-04 2027-03-08 2027-03-11 2027-03-15',
  );
  assert.equal(
    days('FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU;COUNT=4', '2027-03-02T18:00'),
    '2027-03-02 2027-03-14 2027-03-16 2027-03-28',
  );
  assert.equal(days('FREQ=MONTHLY;COUNT=3', '2027-01-31T18:00'), '2027-01-31 2027-03-31 2027-05-31');
  assert.equal(days('FREQ=YEARLY;COUNT=2', '2028-02-29T18:00'), '2028-02-29 2032-02-29');
});

test('finds numbered weekdays and days counted from the end', () => {
  assert.equal(days('FREQ=MONTHLY;BYDAY=-1FR;COUNT=3', '2027-01-29T18:00'), '2027-01-29 2027-02-26 2027-03-26');
  assert.equal(
    days('FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1;COUNT=3', '2027-01-01T09:00'),
    '2027-01-01 2027-02-01 2027-03-01',
  );
  assert.equal(days('FREQ=YEARLY;BYDAY=20MO;COUNT=2', '2027-05-17T09:00'), '2027-05-17 2028-05-15');
  assert.equal(days('FREQ=DAILY;BYMONTHDAY=-1;COUNT=3', '2027-01-31T09:00'), '2027-01-31 2027-02-28 2027-03-31');
  assert.equal(days('FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO;COUNT=2', '2027-01-04T09:00'), '2027-01-04 2028-01-03');
});

test('ends for a rule that fits no day', () => {
  assert.equal(days('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', '2027-01-01T09:00'), '');
  assert.equal(days('FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31', '2027-01-01T09:00'), '');
});

test('refuses rules by the hour or less', () => {
  assert.throws(() => days('FREQ=SECONDLY', '2027-01-01T09:00'), /by hours or less/);
});
