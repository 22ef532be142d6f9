// An application as its own main.ts starts it, with places where it dies: node app-with-failpoints.ts booking|crm.
// Nothing of it is in the product: it stands between the application and the driver, and between it and node:http.
import { ServerResponse } from 'node:http';
import { join, resolve } from 'node:path';
import pg from 'pg';

/** Where a process kills itself: before or after a statement, or an answer, that matches. */
export interface Failpoint {
  when: 'before' | 'after';
  /** A pattern for the text of a statement; or for the status of an answer, as text. */
  statement?: string;
  answer?: string;
}

/** What a test may tell the process. */
export type FailpointMessage = { failpoint: Failpoint } | { mishap: Mishap };
export type Mishap = 'throw in a timer' | 'reject unawaited' | 'emit an error nobody hears';

let armed: Failpoint | undefined;

function dieIf(when: Failpoint['when'], what: 'statement' | 'answer', text: string): void {
  const pattern = armed?.[what];
  if (armed?.when !== when || pattern === undefined || !new RegExp(pattern, 'i').test(text)) return;
  process.kill(process.pid, 'SIGKILL');
  // Nothing may happen between the signal and the end.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

type Query = (this: pg.Client, ...given: unknown[]) => unknown;
const query = pg.Client.prototype.query as Query;
const queryOrDie: Query = function (...given) {
  const [statement] = given;
  const text = typeof statement === 'string' ? statement : String((statement as { text?: string }).text);
  dieIf('before', 'statement', text);
  const result = query.apply(this, given);
  if (!(result instanceof Promise)) return result;
  return result.then((rows: unknown) => {
    dieIf('after', 'statement', text);
    return rows;
  });
};
Object.assign(pg.Client.prototype, { query: queryOrDie });

type End = (this: ServerResponse, ...given: unknown[]) => ServerResponse;
const end = ServerResponse.prototype.end as End;
const endOrDie: End = function (...given) {
  dieIf('before', 'answer', String(this.statusCode));
  this.once('finish', () => dieIf('after', 'answer', String(this.statusCode)));
  return end.apply(this, given);
};
Object.assign(ServerResponse.prototype, { end: endOrDie });

const MISHAPS: Record<Mishap, () => void> = {
  'throw in a timer': () => {
    throw new Error('a mishap in a timer');
  },
  'reject unawaited': () => void Promise.reject(new Error('a mishap nobody awaits')),
  'emit an error nobody hears': () => new pg.Client().emit('error', new Error('a mishap nobody hears')),
};

process.on('message', (message: FailpointMessage) => {
  if ('failpoint' in message) armed = message.failpoint;
  else setTimeout(MISHAPS[message.mishap], 10);
});

await import(join(resolve(import.meta.dirname, '..'), `apps/${process.argv[2]}/src/main.ts`));
