import { relative, resolve } from 'node:path';
import { run } from 'node:test';

export interface Tally {
  passed: number;
  failed: number;
  /** How often tests tried what they say they tried: a number for each name that `countTries` was given. */
  tries: Map<string, number>;
}

export interface RunOptions {
  /** Names in the output are relative to it. */
  root: string;
  /** Files that run at the same time, each in a process of its own. */
  atOnce: number;
  /** A test that hangs fails after so many milliseconds; five minutes when left out. */
  mostMsPerTest?: number;
  signal?: AbortSignal;
  write(text: string): void;
}

const MOST_MS_PER_TEST = 300_000;
const SLOW_MS = 5000;
const TRIES = /^tries: (\S+) (\d+)$/;

/** A tally of nothing. */
export function emptyTally(): Tally {
  return { passed: 0, failed: 0, tries: new Map() };
}

/** Adds what `one` counted to `tally`. */
export function addTally(tally: Tally, one: Tally): void {
  tally.passed += one.passed;
  tally.failed += one.failed;
  for (const [name, count] of one.tries) tally.tries.set(name, (tally.tries.get(name) ?? 0) + count);
}

/**
 * Runs test files and counts their tests. A skipped test, a file without tests, and whatever goes wrong outside a test
 * (a file that does not load, an error nobody waited for, a killed process) count as failures.
 */
export async function runTestFiles(files: string[], options: RunOptions): Promise<Tally> {
  const tally = emptyTally();
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
    timeout: options.mostMsPerTest ?? MOST_MS_PER_TEST,
    ...(signal && { signal }),
  });
  const collect = ({ file, message }: { file: string | undefined; message: string }) => {
    const path = named(file);
    outputs.set(path, (outputs.get(path) ?? '') + message);
  };
  events.on('test:stderr', collect);
  events.on('test:stdout', collect);
  // An error after the end of a test comes as one of these.
  events.on('test:diagnostic', ({ file, message }) => {
    const [, name, count] = TRIES.exec(message) ?? [];
    if (name === undefined) collect({ file, message: `${message}\n` });
    else tally.tries.set(name, (tally.tries.get(name) ?? 0) + Number(count));
  });
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
