import { type ChildProcess, fork, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ReadyMessage } from '@samaya/platform/parent-process.ts';
import { NODE_FLAGS } from '../scripts/start-run.ts';
import type { WholeAnswer } from './whole-answer.ts';

const ROOT = resolve(import.meta.dirname, '..');
const LOOK_MS = 200;

/** A process under measure. What the system does not tell is NaN. */
export interface MeasuredProcess {
  pid: number;
  port: number;
  /** From its start until it took requests. */
  readyMs: number;
  /** Resident memory in MB: now, and the most since the last time this was asked. */
  memory(): { now: number; most: number };
  /** Microseconds of processor time it has used so far. */
  cpuMicros(): number;
  stop(): Promise<void>;
}

/** Starts one of the applications and waits until it takes requests. */
export async function startApplication(
  app: 'booking' | 'crm',
  port: number,
  environment: Record<string, string>,
): Promise<MeasuredProcess> {
  const { PATH, HOME } = process.env;
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...NODE_FLAGS, join(ROOT, `apps/${app}/src/main.ts`)], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { PATH, HOME, DEMO: '0', RATE_LIMITS: 'off', ...environment },
  });
  await new Promise<void>((done, fail) => {
    child.once('close', () => fail(new Error(`${app} did not start`)));
    child.on('message', (message: Partial<ReadyMessage>) => message.ready && done());
  });
  return watch(child, port, Math.round(performance.now() - startedAt));
}

/** A bare `node:http` in a process of its own that answers every request with the same bytes. */
export async function startBareServer(answer: WholeAnswer): Promise<MeasuredProcess> {
  const child = fork(join(import.meta.dirname, 'bare-server.ts'), { stdio: 'inherit', serialization: 'advanced' });
  const port = await new Promise<number>((done) => {
    child.once('message', (message) => done(Number(message)));
    child.send(answer);
  });
  return watch(child, port, 0);
}

function watch(child: ChildProcess, port: number, readyMs: number): MeasuredProcess {
  const pid = child.pid ?? 0;
  let most = residentMegabytes(pid);
  const looking = setInterval(() => {
    most = Math.max(most, residentMegabytes(pid));
  }, LOOK_MS);
  looking.unref();
  return {
    pid,
    port,
    readyMs,
    memory() {
      const now = residentMegabytes(pid);
      const sinceThen = Math.max(most, now);
      most = now;
      return { now, most: sinceThen };
    },
    cpuMicros: () => cpuMicros(pid),
    async stop() {
      clearInterval(looking);
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await new Promise((done) => child.once('close', done));
    },
  };
}

function residentMegabytes(pid: number): number {
  const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '';
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024);
}

// User and system time, in hundredths of a second everywhere that Node runs on Linux.
function cpuMicros(pid: number): number {
  if (!existsSync(`/proc/${pid}/stat`)) return Number.NaN;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}
