import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { countTries } from '@samaya/platform/test-tries.ts';
import ts from 'typescript';
import { isTest, listSourceFiles, readSource } from '../scripts/source-files.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** Every node of the code that runs in production, with the file it stands in. */
function* nodesOfRuntimeCode(): Generator<{ path: string; node: ts.Node }> {
  const files = ['apps', 'packages'].flatMap((folder) => listSourceFiles(ROOT, folder));
  for (const path of files.filter((one) => /\/src\/.*\.(ts|svelte)$/.test(one) && !isTest(one))) {
    const text = readSource(ROOT, path);
    const scripts = path.endsWith('.svelte')
      ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)]
      : [[text, text]];
    for (const [, script = ''] of scripts) {
      const waiting: ts.Node[] = [ts.createSourceFile(path, script, ts.ScriptTarget.Latest, true)];
      for (let node = waiting.pop(); node; node = waiting.pop()) {
        yield { path, node };
        node.forEachChild((child) => void waiting.push(child));
      }
    }
  }
}

// Files are imported in a thread of its own, which is ended after ten seconds.
const HAS_TIME_LIMIT = /^apps\/booking\/src\/server\/imports\//;
// In small steps at first: what doubles its time with every letter must not be asked for many more at once.
const LENGTHS = [12, 16, 20, 22, 24, 26, 28, 30, 32, 64, 128, 256, 512, 1000, 2000, 5000, 10_000, 20_000];
const LONGEST_MS = 60;

test('LOAD-12: no regular expression can be made to take long', (t) => {
  const slow: string[] = [];
  let count = 0;
  for (const { path, node } of nodesOfRuntimeCode()) {
    if (!ts.isRegularExpressionLiteral(node) || HAS_TIME_LIMIT.test(path)) continue;
    count++;
    const worst = slowestText(node.text);
    if (worst) slow.push(`${path}: ${node.text} takes ${worst.ms.toFixed(0)} ms for ${JSON.stringify(worst.unit)}`);
  }
  countTries(t, 'LOAD-12', { short: count, full: count });
  assert.ok(count > 100, `${count}`);
  assert.deepEqual(slow, []);
});

test('negative control: an expression that looks again and again is found', () => {
  assert.ok(slowestText('/\\s*,\\s*/'));
  assert.ok(slowestText('/(a+)+b$/'));
});

/** A repeated text for which an expression is slow, the fastest of three times; none when there is none. */
function slowestText(literal: string): { unit: string; ms: number } | undefined {
  const [, source = '', flags = ''] = /^\/(.*)\/([a-z]*)$/s.exec(literal) ?? [];
  const own = source.replaceAll(/\\\w|[\\^$.*+?()[\]{}|]/g, '');
  const units = [...new Set([...own].slice(0, 20).concat(' ', '\n', '0', 'a', '-', '<', '=', ',')), 'a ', 'aa-', 'a.'];
  for (const unit of units) {
    for (const [before, after] of [
      ['', '\0'],
      ['a', '!'],
    ]) {
      for (const length of LENGTHS) {
        const text = before + unit.repeat(length / unit.length) + after;
        const ms = Math.min(...[1, 2, 3].map(() => timeOf(new RegExp(source, flags), text)));
        if (ms > LONGEST_MS) return { unit, ms };
      }
    }
  }
  return undefined;
}

function timeOf(expression: RegExp, text: string): number {
  const begin = performance.now();
  if (expression.global) text.replace(expression, '');
  else expression.test(text);
  return performance.now() - begin;
}

test('NOTIF-17: what is secret is compared in the same time, whatever it is compared with', () => {
  const isSecret = /(^|\.)\w*(mac|signature|token|secret)$/i;
  const isNothing = /^(undefined|null|'[^']*')$/;
  const found: string[] = [];
  let safe = 0;
  for (const { path, node } of nodesOfRuntimeCode()) {
    if (ts.isCallExpression(node) && node.expression.getText() === 'timingSafeEqual') safe++;
    if (!ts.isBinaryExpression(node) || !/^[!=]==?$/.test(node.operatorToken.getText())) continue;
    const sides = [node.left.getText(), node.right.getText()];
    if (sides.some((side) => isSecret.test(side)) && !sides.some((side) => isNothing.test(side))) {
      found.push(`${path}: ${node.getText()}`);
    }
  }
  assert.deepEqual(found, []);
  assert.ok(safe >= 3, `${safe}`);
});

test('NOTIF-13: CRM forgets no message id, so a message that comes late is known however old it is', () => {
  const deletes = /deleteFrom\('booking_notifications'\)|delete\s+from\s+booking_notifications|truncate/i;
  const files = listSourceFiles(ROOT, 'apps/crm').filter((path) => /\.(ts|sql)$/.test(path) && !isTest(path));
  assert.deepEqual(
    files.filter((path) => deletes.test(readSource(ROOT, path))),
    [],
  );
  assert.match(readSource(ROOT, 'apps/crm/schema.sql'), /message_unique UNIQUE \(message_id\)/);
});

/** Every place from which something is asked over the network, and whom it asks: settings say where, people never do. */
const OUTWARD: Record<string, string> = {
  'apps/booking/src/server/google/fetch-bounded.ts': 'Google',
  'apps/booking/src/server/google/google-sign-in.ts': 'Google',
  'apps/booking/src/server/mail/send-by-smtp.ts': 'the mail server',
  'apps/booking/src/server/notifications/deliver-notifications.ts': 'CRM',
  'apps/booking/src/server/notifications/post-delivery.ts': 'CRM',
  'apps/crm/src/server/notifications/ask-booking.ts': 'booking',
  'apps/crm/src/server/sign-in/check-at-booking.ts': 'booking',
  'apps/crm/src/server/sign-in/sign-in-at-booking.ts': 'booking',
  'packages/platform/src/database.ts': 'the database',
  'packages/platform/src/embedded-databases.ts': 'the database',
  'packages/platform/src/embedded-postgres.ts': 'the database',
  'packages/platform/src/listen.ts': 'the database',
  'packages/platform/src/migrate.ts': 'the database',
};
// What opens a connection, by the module it comes from; of some, everything does.
const OPENERS: Record<string, RegExp> = {
  http: /^(request|get|Agent|ClientRequest)$/,
  https: /./,
  http2: /^connect$/,
  net: /^(connect|createConnection)$/,
  tls: /^connect$/,
  dgram: /./,
  dns: /./,
  'dns/promises': /./,
  undici: /./,
  nodemailer: /./,
  pg: /./,
  'openid-client': /./,
};

test('EDGE-08: nothing is asked over the network but CRM, booking, Google, the mail server and the database', () => {
  const found = new Set<string>();
  for (const { path, node } of nodesOfRuntimeCode()) {
    if (path.endsWith('.svelte') || /\/src\/(ui|routes)\//.test(path)) continue;
    if (ts.isIdentifier(node) && node.text === 'fetch' && isGlobal(node)) found.add(path);
    if (!ts.isImportDeclaration(node) || node.importClause?.isTypeOnly) continue;
    const opener = OPENERS[(node.moduleSpecifier as ts.StringLiteral).text.replace(/^node:/, '')];
    const { name, namedBindings } = node.importClause ?? {};
    const names = namedBindings && ts.isNamedImports(namedBindings) ? namedBindings.elements : [];
    const values = names.filter(({ isTypeOnly }) => !isTypeOnly).map((each) => (each.propertyName ?? each.name).text);
    if (
      opener &&
      (name || (namedBindings && ts.isNamespaceImport(namedBindings)) || values.some((one) => opener.test(one)))
    ) {
      found.add(path);
    }
  }
  assert.deepEqual([...found].sort(), Object.keys(OUTWARD).sort());
});

/** Whether a name is the one that everybody has, and neither a field nor declared here. */
function isGlobal(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression.getText() === 'globalThis';
  return !ts.isMethodDeclaration(parent) && !ts.isMethodSignature(parent) && !ts.isPropertySignature(parent);
}
