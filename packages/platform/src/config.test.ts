import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, readConfig } from './config.ts';

/** What is wrong with these settings, in the words that are printed; empty when nothing is. */
function faultsOf(environment: Record<string, string>): string {
  try {
    readConfig(environment);
    return '';
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
}

const OPEN_TO_OTHERS: readonly Record<string, string>[] = [
  { HOST: '0.0.0.0' },
  { HOST: '192.0.2.7' },
  { BOOKING_URL: 'https://book.example.org' },
  { CRM_URL: 'https://crm.example.org' },
];

test('the demo, whose passwords are known, is refused wherever somebody else can reach it', () => {
  assert.equal(faultsOf({}), '');
  for (const setting of OPEN_TO_OTHERS) {
    assert.match(faultsOf(setting), /^DEMO=0 is needed/, JSON.stringify(setting));
    assert.match(faultsOf({ ...setting, DEMO: '1' }), /^DEMO must be 0/, JSON.stringify(setting));
    assert.equal(faultsOf({ ...setting, DEMO: '0' }), '', JSON.stringify(setting));
  }
});

test('so is working without limits', () => {
  assert.equal(faultsOf({ RATE_LIMITS: 'off' }), '');
  for (const setting of OPEN_TO_OTHERS) {
    assert.match(faultsOf({ ...setting, DEMO: '0', RATE_LIMITS: 'off' }), /^RATE_LIMITS can be off only/);
  }
});

test('where a weakness is reported is an address with its scheme, an e-mail address too', () => {
  const contactOf = (text: string) => readConfig({ SECURITY_CONTACT: text }).securityContact;
  assert.equal(contactOf('security@studio.example'), 'mailto:security@studio.example');
  assert.equal(contactOf('https://studio.example/report'), 'https://studio.example/report');
  assert.equal(contactOf(''), undefined);
  assert.match(faultsOf({ SECURITY_CONTACT: 'write to us' }), /^SECURITY_CONTACT is an e-mail address/);
  assert.match(faultsOf({ SECURITY_CONTACT: 'a@b.example\nContact: c@d.example' }), /^SECURITY_CONTACT is/);
});
