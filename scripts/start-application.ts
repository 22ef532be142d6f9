import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartProblem } from './start-checks.ts';
import { type Run, type RunOptions, startRun } from './start-run.ts';

const FIRST_READY_MS = 120_000;
const SHORTEST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
// A run that lasted so long did not end because of how it was started.
const PROVEN_MS = 30_000;

/** An application that is kept running. */
export interface Application {
  /** Of the present run. */
  pid(): number | undefined;
  /** Stops the present run and starts another, with the environment as it is now. */
  restart(): Promise<void>;
  /** Ends it for good: SIGTERM, and SIGKILL after 15 s. */
  stop(): Promise<void>;
  /** SIGKILL to the present run. */
  kill(): void;
}

export interface ApplicationOptions extends Omit<RunOptions, 'environment'> {
  /** Asked at every start. */
  environment(): NodeJS.ProcessEnv;
  write(text: string): void;
  /** Gives up the first start. */
  signal: AbortSignal;
  /** Told of every new process. */
  onStart(pid: number | undefined): void;
}

/**
 * Starts an application and starts it again, after a growing pause, whenever it ends; in development, when something
 * changes. Resolves when it takes requests, rejects with a StartProblem when its first run does not come so far.
 */
export async function startApplication(options: ApplicationOptions): Promise<Application> {
  let isWanted = true;
  let pauseMs = SHORTEST_PAUSE_MS;
  let run = begin();
  // The run that is being stopped on purpose.
  let dismissed: Run | undefined;

  function begin(): Run {
    const begun = startRun({ ...options, environment: options.environment() });
    options.onStart(begun.pid);
    return begun;
  }

  async function watchOver(watched: Run) {
    const how = await watched.ended;
    if (!isWanted || dismissed === watched) return;
    options.write(`${options.name} ended (${how}); ${options.dev ? 'it waits for a change' : 'starting it again'} …\n`);
    if (options.dev) return;
    if (performance.now() - watched.startedAt > PROVEN_MS) pauseMs = SHORTEST_PAUSE_MS;
    await sleep(pauseMs);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    if (isWanted && run === watched) replace();
  }

  function replace() {
    run = begin();
    run.ready.then(() => options.write(`${options.name} is back.\n`));
    watchOver(run);
  }

  async function stop() {
    isWanted = false;
    await run.stop();
  }

  try {
    await waitUntilReady(run, options);
  } catch (error) {
    await stop();
    throw error;
  }
  watchOver(run);
  return {
    pid: () => run.pid,
    async restart() {
      const old = run;
      dismissed = old;
      await old.stop();
      if (isWanted && run === old) replace();
    },
    stop,
    kill: () => run.kill(),
  };
}

async function waitUntilReady(run: Run, { name, logFile, signal }: ApplicationOptions): Promise<void> {
  const timeout = AbortSignal.timeout(FIRST_READY_MS);
  const problem = await Promise.race([
    run.ready.then(() => undefined),
    run.ended.then((how) => `${name} did not start: ${how}. Its log is ${logFile}.`),
    once(timeout, 'abort').then(() => `${name} is not ready after ${FIRST_READY_MS / 1000} s. Its log is ${logFile}.`),
    once(signal, 'abort').then(() => 'The start was given up.'),
  ]);
  if (problem !== undefined) throw new StartProblem(problem);
}
