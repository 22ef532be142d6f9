import { spawn } from 'node:child_process';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the npm that called us, or the one on the PATH, in `folder`. */
export async function runNpm(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const own = process.env.npm_execpath;
  const isNpm = own !== undefined && /npm-cli\.c?js$/.test(own);
  const [command, ...first] = isNpm ? [process.execPath, own] : ['npm'];
  const child = spawn(command ?? 'npm', [...first, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32' && !isNpm,
  });
  const ended: Ended = { code: null, stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      ended[stream] += text;
    });
  }
  ended.code = await new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done));
  return ended;
}
