import pino, { type DestinationStream, type Logger } from 'pino';

export type Log = Logger;

// What must never reach a log, wherever a caller puts it in the logged object.
const SECRET_FIELDS = ['password', 'token', 'secret', 'authorization', 'cookie'];

// Lines wait for each other so long, for one write of many; a warning waits for nothing.
const TOGETHER_MS = 50;
const TOGETHER_BYTES = 8 * 1024;
const WARNING = 40;

/**
 * A logger that writes one JSON line per entry to standard output (or `destination`). Line breaks and control
 * characters in values are escaped by JSON, so nobody can forge a line.
 */
export function createLog(app: string, destination?: DestinationStream): Log {
  const options: pino.LoggerOptions = {
    base: { app },
    timestamp: createIsoTime(),
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: describeError },
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[redacted]' },
  };
  return pino(options, destination ?? standardOutput());
}

/** The same log for a line per request. Its fields are ours, none is a secret, and looking for one cost most of the line. */
export function createAccessLog(log: Log): Log {
  return log.child({}, { redact: [] });
}

// Many lines fall into one millisecond, and to write it down costs as much as the rest of a line.
function createIsoTime(): () => string {
  let noted = 0;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== noted) text = `,"time":"${new Date(now).toISOString()}"`;
    noted = now;
    return text;
  };
}

function standardOutput(): DestinationStream {
  const output = pino.destination({ dest: 1, sync: true });
  let waiting = '';
  let later: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(later);
    later = undefined;
    if (waiting !== '') output.write(waiting);
    waiting = '';
  };
  process.once('exit', flush);
  return {
    // Asks pino to say of which level a line is.
    ...{ [Symbol.for('pino.metadata')]: true, lastLevel: 0 },
    write(this: { lastLevel: number }, line: string) {
      waiting += line;
      if (this.lastLevel >= WARNING || waiting.length >= TOGETHER_BYTES) flush();
      else later ??= setTimeout(flush, TOGETHER_MS).unref();
    },
  };
}

// The database driver hangs its whole client, with the state of the connection, on an error.
function describeError(error: Error): object {
  const { client: _client, ...described } = pino.stdSerializers.err(error) as unknown as Record<string, unknown>;
  return described;
}
