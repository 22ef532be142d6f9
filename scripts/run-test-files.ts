import { relative, resolve } from 'node:path';
import { run } from 'node:test';

export interface Tally {
  passed: number;
  failed: number;
}

export interface RunOptions {
  /** Names in the output are relative to it. */
  root: string;
  /** Files that run at the same time, each in a process of its own. */
  atOnce: number;
  signal?: AbortSignal;
  write(text: string): void;
}

// A file that hangs fails instead of holding everybody up.
const MOST_MS_PER_FILE = 300_000;
const SLOW_MS = 5000;

/**
 * Runs test files and counts their tests. A skipped test, a file without tests, and whatever goes wrong outside a test
 * (a file that does not load, an error nobody waited for, a killed process) count as failures.
 */
export async function runTestFiles(files: string[], options: RunOptions): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: 0 };
  if (files.length === 0) return tally;
  const outputs = new Map<string, string>();
  const { root, write, signal } = options;
  const named = (file: string | undefined) => (file === undefined ? 'tests' : relative(root, file));
  const fail = (file: string | undefined, name: string, what: string) => {
    tally.failed++;
    write(`not ok ${named(file)}: ${name}\n${what.trimEnd().replaceAll(/^/gm, '    ')}\n`);
  };

  const events = run({
    files: files.map((file) => resolve(root, file)),
    cwd: root,
    isolation: 'process',
    concurrency: options.atOnce,
    timeout: MOST_MS_PER_FILE,
    ...(signal && { signal }),
  });
  const collect = ({ file, message }: { file: string | undefined; message: string }) => {
    const path = named(file);
    outputs.set(path, (outputs.get(path) ?? '') + message);
  };
  events.on('test:stderr', collect);
  events.on('test:stdout', collect);
  // An error after the end of a test comes as one of these.
  events.on('test:diagnostic', ({ file, message }) => collect({ file, message: `${message}\n` }));
  events.on('test:pass', ({ file, name, details, skip, todo }) => {
    if (details.type === 'suite') return;
    if (isFile(file, name)) fail(file, 'the file', 'has no test');
    else if (skip || todo) fail(file, name, 'is skipped');
    else tally.passed++;
  });
  events.on('test:fail', ({ file, name, details }) => {
    const { error } = details;
    // Its parts have told already.
    if ((error as { failureType?: string }).failureType === 'subtestsFailed') return;
    const printed = isFile(file, name) ? `\n${outputs.get(named(file)) ?? ''}` : '';
    fail(file, name, describe(error) + printed);
  });
  events.on('test:summary', ({ file, counts, duration_ms, success }) => {
    if (file === undefined) return;
    const slow = duration_ms > SLOW_MS ? ', slow' : '';
    const seconds = (duration_ms / 1000).toFixed(1);
    write(`${success ? 'ok' : 'not ok'} ${named(file)} (${counts.tests} in ${seconds} s${slow})\n`);
  });
  for await (const _ of events);
  return tally;
}

// The runner reports a file under its own name when something happened outside of its tests.
function isFile(file: string | undefined, name: string): boolean {
  return name === file;
}

function describe(error: Error): string {
  const { signal } = error as { signal?: string | null };
  if (signal) return `was ended by ${signal}`;
  const cause = error.cause instanceof Error ? error.cause : error;
  return cause.stack ?? cause.message;
}
