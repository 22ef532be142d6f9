import pino, { type DestinationStream, type Logger } from 'pino';

export type Log = Logger;

// What must never reach a log, wherever a caller puts it in the logged object.
const SECRET_FIELDS = ['password', 'token', 'secret', 'authorization', 'cookie'];

/**
 * A logger that writes one JSON line per entry to standard output (or `destination`). Line breaks and control
 * characters in values are escaped by JSON, so nobody can forge a line.
 */
export function createLog(app: string, destination?: DestinationStream): Log {
  const options: pino.LoggerOptions = {
    base: { app },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: describeError },
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[redacted]' },
  };
  return destination ? pino(options, destination) : pino(options);
}

// The database driver hangs its whole client, with the state of the connection, on an error.
function describeError(error: Error): object {
  const { client: _client, ...described } = pino.stdSerializers.err(error) as unknown as Record<string, unknown>;
  return described;
}
