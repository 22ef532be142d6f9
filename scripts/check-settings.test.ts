import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settings } from '@samaya/platform/config.ts';
import { checkSettings } from './check-settings.ts';
import { plantTree } from './test-tree.ts';

const DEFAULTS: Readonly<Record<string, string>> = {
  BOOKING_PORT: '3000',
  CRM_PORT: '3001',
  HOST: '127.0.0.1',
  TRUST_PROXY: '0',
  STOP_DELAY_SECONDS: '0',
  DATA_DIR: './data',
  DEMO: '1',
  STUDIO_NAME: 'Samaya',
  STUDIO_TIME_ZONE: 'Europe/Lisbon',
  STUDIO_CURRENCY: 'EUR',
  RATE_LIMITS: 'on',
};

const GOOD = Object.keys(settings)
  .map((name) => {
    const value = DEFAULTS[name];
    return `# What ${name.toLowerCase()} is.\n${value === undefined ? `# ${name}=` : `${name}=${value}`}\n`;
  })
  .join('\n');

const complaintsOf = (text: string) => checkSettings(plantTree({ '.env.example': text }));

test('every setting once, with a comment and its default, is green', () => {
  assert.deepEqual(complaintsOf(GOOD), []);
});

const SEEDS: readonly [what: string, text: string, complaint: string][] = [
  ['a missing setting', GOOD.replace('CRM_PORT=3001\n', ''), 'CRM_PORT is missing'],
  ['an unknown one', `${GOOD}\n# What.\nCOLOUR=blue\n`, 'COLOUR is no setting'],
  ['one that stands there twice', `${GOOD}\n# Again.\n# SMTP_URL=\n`, 'SMTP_URL stands there twice'],
  ['another default', GOOD.replace('CRM_PORT=3001', 'CRM_PORT=3002'), 'CRM_PORT=3002 is not its default'],
  [
    'a value where none is usual',
    GOOD.replace('# MAIL_FROM=', 'MAIL_FROM=a@b.example'),
    'MAIL_FROM=a@b.example is not its default',
  ],
  ['a value that would be refused', GOOD.replace('DEMO=1', 'DEMO=yes'), 'DEMO=yes is not its default'],
  ['a hidden default', GOOD.replace('HOST=127.0.0.1', '# HOST='), 'HOST has a default; write it'],
  ['no comment', GOOD.replace('# What demo is.\n', ''), 'DEMO has no comment above it'],
];

for (const [what, text, complaint] of SEEDS) {
  test(`complains of ${what}`, () => {
    assert.deepEqual(complaintsOf(text), [`.env.example: ${complaint}`]);
  });
}

test('complains when there is no such file', () => {
  assert.deepEqual(checkSettings(plantTree({})), ['.env.example: is missing']);
});
