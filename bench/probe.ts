import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** What a probe asks, again and again, one at a time. */
export interface Probed {
  url: string;
  method: string;
  headers?: Record<string, string>;
  body?: string;
}

export interface ProbedAnswer {
  /** 0 when nobody answered within ten seconds. */
  status: number;
  milliseconds: number;
}

const PAUSE_MS = 50;
const PATIENCE_MS = 10_000;

/** Asks from a thread of its own, since a thread that puts a load is itself too busy to note when it is answered. */
export function startProbe(probed: Probed): { stop(): Promise<ProbedAnswer[]> } {
  const worker = new Worker(new URL(import.meta.url), { workerData: probed });
  return {
    async stop() {
      const answers = new Promise<ProbedAnswer[]>((done, fail) => {
        worker.once('message', done);
        worker.once('error', fail);
      });
      worker.postMessage('stop');
      return await answers;
    },
  };
}

// Over a connection of its own each time, as a health check or somebody new would come.
function ask({ url, method, headers, body }: Probed): Promise<ProbedAnswer> {
  const askedAt = performance.now();
  return new Promise((resolve) => {
    const done = (status: number) => resolve({ status, milliseconds: performance.now() - askedAt });
    const asked = request(url, { method, headers, agent: false, signal: AbortSignal.timeout(PATIENCE_MS) });
    asked.on('response', (answer) => answer.resume().on('end', () => done(answer.statusCode ?? 0)));
    asked.on('error', () => done(0));
    asked.end(body);
  });
}

if (!isMainThread) {
  const answers: ProbedAnswer[] = [];
  let isStopped = false;
  parentPort?.once('message', () => {
    isStopped = true;
  });
  while (!isStopped) {
    answers.push(await ask(workerData));
    await sleep(PAUSE_MS);
  }
  parentPort?.postMessage(answers);
}
