import { closeSync, copyFileSync, existsSync, fstatSync, openSync, readSync, statSync, truncateSync } from 'node:fs';

const LARGEST_BYTES = 50 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
const POLL_MS = 200;
const MOST_LINES = 5;
const TOLD = /"level":"(warn|error|fatal)"/;

/**
 * Follows a log of JSON lines and writes its warnings and errors in short. The application writes to the file itself,
 * so that neither the launcher's speed nor its death matters to it. Answers the function that ends it.
 */
export function followLog(file: string, name: string, write: (text: string) => void): () => void {
  let position = existsSync(file) ? statSync(file).size : 0;
  const look = () => {
    const bytes = readFrom(file, position);
    position += bytes.length;
    tell(
      bytes
        .toString()
        .split('\n')
        .filter((line) => TOLD.test(line)),
    );
    if (position > LARGEST_BYTES) position = turnOver(file);
  };
  const tell = (lines: string[]) => {
    for (const line of lines.slice(0, MOST_LINES)) write(`${name}: ${shorten(line)}\n`);
    if (lines.length > MOST_LINES) write(`${name}: ${lines.length - MOST_LINES} more in ${file}\n`);
  };
  const timer = setInterval(look, POLL_MS);
  return () => {
    clearInterval(timer);
    look();
  };
}

/** What a process wrote that could not go on: its last error, in one line, or undefined when it said none. */
export function findLastError(file: string, since: number): string | undefined {
  const lines = readFrom(file, since).toString().split('\n');
  const line = lines.findLast((each) => /^(Uncaught )?[A-Za-z]*Error\b.*: /.test(each) || /"level":"fatal"/.test(each));
  if (line === undefined) return undefined;
  return line.startsWith('{') ? shorten(line) : line.replace(/^(Uncaught )?[A-Za-z]*Error( \[[A-Z_]+\])?: /, '');
}

// Whole lines only, so that no character is cut in two.
function readFrom(file: string, position: number): Buffer {
  if (!existsSync(file)) return Buffer.alloc(0);
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(Math.max(0, Math.min(fstatSync(descriptor).size - position, CHUNK_BYTES)));
    readSync(descriptor, buffer, 0, buffer.length, position);
    const end = buffer.lastIndexOf('\n') + 1;
    return end === 0 && buffer.length === CHUNK_BYTES ? buffer : buffer.subarray(0, end);
  } finally {
    closeSync(descriptor);
  }
}

// Its writers append, so they go on at the beginning.
function turnOver(file: string): number {
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
  return 0;
}

function shorten(line: string): string {
  try {
    const { level, msg, err } = JSON.parse(line) as { level: string; msg?: string; err?: { message?: string } };
    return [`${level}:`, msg, err?.message && `(${err.message})`].filter(Boolean).join(' ');
  } catch {
    return line;
  }
}
