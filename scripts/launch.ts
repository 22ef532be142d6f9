import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Config, ConfigError, readConfig } from '@samaya/platform/config.ts';
import { tryLock } from '@samaya/platform/exclusive-lock.ts';
import { type CompleteConfig, completeConfig } from '@samaya/platform/secrets.ts';
import { buildPages } from './build.ts';
import { watchSources } from './dev-sources.ts';
import { type Application, startApplication } from './start-application.ts';
import { checkDatabases, checkPorts, StartProblem } from './start-checks.ts';
import { environmentFor } from './start-environment.ts';
import { endLeftovers, rememberChildren } from './start-leftovers.ts';
import { followLog } from './start-log.ts';
import { type WatchedDatabases, watchDatabases } from './start-postgres.ts';
import { welcome } from './start-welcome.ts';

const ROOT = resolve(import.meta.dirname, '..');
const APPS = ['booking', 'crm'] as const;
// npm passes Ctrl-C on a second time, to a process that has had it from the terminal already.
const ECHO_MS = 500;

/** What has to be undone when it ends, in this order. */
interface Running {
  applications: Map<string, Application>;
  databases: WatchedDatabases | undefined;
  finally: (() => void)[];
}

/**
 * Starts everything, keeps it running until SIGINT, SIGTERM or SIGHUP, and stops it in order. Answers the exit code.
 * `dev`: pages and server code follow their sources.
 */
export async function launch({ dev }: { dev: boolean }): Promise<number> {
  const startedAt = performance.now();
  const running: Running = { applications: new Map(), databases: undefined, finally: [] };
  const stopped = stopOnSignals(running);
  // A terminal that was closed takes no more words; the applications are stopped all the same.
  process.stdout.on('error', () => undefined);
  let code = 0;
  try {
    const config = await prepare(stopped.signal, { dev });
    await startAll(config, running, stopped.signal, { dev });
    write(welcome(config, ((performance.now() - startedAt) / 1000).toFixed(1)));
    await stopped.promise;
  } catch (error) {
    if (!stopped.signal.aborted) code = complain(error);
  }
  await stopAll(running);
  if (stopped.signal.aborted) write('Stopped.\n');
  return code;
}

function write(text: string) {
  process.stdout.write(text);
}

function complain(error: unknown): number {
  const isOurMistake = error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
  const { message, stack } = error as Error;
  const text = error instanceof ConfigError ? describeSettings(message) : isOurMistake ? stack : message;
  process.stderr.write(`${text}\n`);
  return 1;
}

function describeSettings(message: string): string {
  if (message.startsWith('DATA_DIR ')) return message;
  const lines = message.split('\n');
  const place = existsSync(join(ROOT, '.env')) ? 'in the environment or in .env' : 'in the environment';
  return `${lines.length === 1 ? 'A setting is wrong' : 'Some settings are wrong'}; correct it ${place} (.env.example explains each):\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

// What takes no time and often fails comes first.
async function prepare(signal: AbortSignal, { dev }: { dev: boolean }): Promise<CompleteConfig> {
  if (existsSync(join(ROOT, '.env'))) process.loadEnvFile(join(ROOT, '.env'));
  const config = completeConfig(readConfig(process.env, ROOT));
  if (!takeDataDir(config)) {
    throw new StartProblem(
      `Samaya runs already, with its data in ${config.dataDir}. Stop it first; for a second copy beside it set BOOKING_PORT, CRM_PORT and DATA_DIR.`,
    );
  }
  await endLeftovers(config.dataDir, write);
  await checkPorts(config);
  if (config.bookingDatabaseUrl) await checkDatabases(config);
  signal.throwIfAborted();
  if (!dev) await buildPages({ write, signal });
  signal.throwIfAborted();
  return config;
}

function takeDataDir(config: Config): boolean {
  try {
    return tryLock(join(config.dataDir, 'running.lock')) !== undefined;
  } catch (cause) {
    throw new StartProblem(
      `DATA_DIR ${config.dataDir} cannot be written to. Make it writable, or set DATA_DIR to another.`,
      {
        cause,
      },
    );
  }
}

async function startAll(config: CompleteConfig, running: Running, signal: AbortSignal, { dev }: { dev: boolean }) {
  if (!config.bookingDatabaseUrl) {
    const isFirst = !existsSync(join(config.dataDir, 'postgresql'));
    write(isFirst ? 'Making the database …\n' : 'Starting PostgreSQL …\n');
  }
  const databases = await watchDatabases(config, {
    write,
    onMoved: () => {
      for (const application of running.applications.values()) application.restart();
    },
  });
  running.databases = databases;
  signal.throwIfAborted();

  write('Starting booking and CRM …\n');
  const children = rememberChildren(config.dataDir);
  running.finally.push(() => children.forget());
  // When one cannot start, the other need not.
  const failed = new AbortController();
  await Promise.allSettled(
    APPS.map(async (name) => {
      const logFile = makeLogFile(config, name);
      running.finally.push(followLog(logFile, name, write));
      const application = await startApplication({
        name,
        dev,
        logFile,
        write,
        signal: AbortSignal.any([signal, failed.signal]),
        environment: () => environmentFor(name, config, databases.current()),
        onStart: (pid) => children.remember(name, pid),
      }).catch((error: unknown) => {
        failed.abort(error);
        throw error;
      });
      running.applications.set(name, application);
    }),
  );
  if (failed.signal.aborted) throw failed.signal.reason;
  signal.throwIfAborted();
  if (dev) running.finally.push(watchSources(ROOT, (name) => running.applications.get(name)?.restart()));
}

function makeLogFile(config: Config, name: string): string {
  const folder = join(config.dataDir, 'logs');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${name}.log`);
}

function stopOnSignals(running: Running): { signal: AbortSignal; promise: Promise<void> } {
  const controller = new AbortController();
  const { promise, resolve: done } = Promise.withResolvers<void>();
  let askedAt = 0;
  const ask = () => {
    if (controller.signal.aborted) {
      if (performance.now() - askedAt > ECHO_MS)
        for (const application of running.applications.values()) application.kill();
      return;
    }
    askedAt = performance.now();
    write('\nStopping …\n');
    controller.abort();
    done();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
  return { signal: controller.signal, promise };
}

// The applications first: they finish what they are doing, and for that they need the database.
async function stopAll(running: Running): Promise<void> {
  await Promise.all([...running.applications.values()].map((application) => application.stop()));
  await running.databases?.stop();
  for (const finish of running.finally) finish();
}
