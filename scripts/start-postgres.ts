import { setTimeout as sleep } from 'node:timers/promises';
import { type Databases, openDatabases } from '@samaya/platform/embedded-databases.ts';
import type { CompleteConfig } from '@samaya/platform/secrets.ts';

const LOOK_MS = 500;
const PAUSE_MS = 1000;

export interface WatchedDatabases {
  /** As of now: a server that was started again may be on another port. */
  current(): Databases;
  /** Stops the built-in server. It is not started again. */
  stop(): Promise<void>;
}

/** Opens the databases and starts the built-in server again whenever it ends. */
export async function watchDatabases(
  config: CompleteConfig,
  options: { write(text: string): void; onMoved(): void },
): Promise<WatchedDatabases> {
  let databases = await openDatabases(config);
  const stopped = new AbortController();
  const watching = databases.server ? watch() : Promise.resolve();

  async function watch() {
    while (await pause(LOOK_MS)) {
      if (databases.server?.isRunning()) continue;
      options.write('PostgreSQL ended; starting it again …\n');
      await startAgain();
    }
  }

  async function startAgain() {
    const port = databases.server?.port;
    while (!stopped.signal.aborted) {
      try {
        databases = await openDatabases(config);
        options.write('PostgreSQL is back.\n');
        if (databases.server?.port !== port) options.onMoved();
        return;
      } catch (error) {
        options.write(`${(error as Error).message}\n`);
        await pause(PAUSE_MS);
      }
    }
  }

  async function pause(milliseconds: number): Promise<boolean> {
    await sleep(milliseconds, undefined, stopped).catch(() => undefined);
    return !stopped.signal.aborted;
  }

  return {
    current: () => databases,
    async stop() {
      stopped.abort();
      await watching;
      await databases.server?.stop();
    },
  };
}
