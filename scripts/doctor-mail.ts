import { on } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Finding, ok, reasonOf, wrong } from './doctor-finding.ts';

const PATIENCE_MS = 5000;
const MOST_SAID = 10_000;
const LAST_LINE = /^\d{3} .*\r?\n/m;

/** Whether the mail server answers to a greeting. No mail is sent. */
export async function checkMail(
  { smtpUrl, isLocal }: { smtpUrl: string | undefined; isLocal: boolean },
  patienceMs = PATIENCE_MS,
): Promise<Finding> {
  if (smtpUrl === undefined) {
    if (isLocal) return ok('no SMTP_URL is set, so mails stay in the local mailbox');
    return wrong('no mail server is set, so mails wait and are given up after three days', 'set SMTP_URL');
  }
  const { hostname, port, protocol } = new URL(smtpUrl);
  const isTls = protocol === 'smtps:';
  const place = `${hostname}:${port || (isTls ? 465 : 587)}`;
  try {
    await greet({ host: hostname, port: Number(port || (isTls ? 465 : 587)), isTls, patienceMs });
    return ok(`the mail server at ${place} answers`);
  } catch (error) {
    return wrong(`the mail server at ${place} does not answer as one (${reasonOf(error)})`, 'check SMTP_URL');
  }
}

async function greet(server: { host: string; port: number; isTls: boolean; patienceMs: number }): Promise<void> {
  const { host, port } = server;
  const socket = server.isTls ? connectTls({ host, port, servername: host }) : connectPlain({ host, port });
  const signal = AbortSignal.timeout(server.patienceMs);
  const words = on(socket.setEncoding('utf8'), 'data', { signal, close: ['end', 'close'] });
  try {
    await expect('220');
    socket.write('EHLO doctor.invalid\r\n');
    await expect('250');
    socket.write('QUIT\r\n');
  } catch (error) {
    throw signal.aborted ? new Error(`no word within ${server.patienceMs / 1000} s`) : error;
  } finally {
    socket.destroy();
  }

  async function expect(code: string): Promise<void> {
    let said = '';
    while (!LAST_LINE.test(said)) {
      const { value, done } = await words.next();
      if (done || said.length > MOST_SAID) throw new Error(done ? 'it hung up' : 'it talks without end');
      said += String(value[0]);
    }
    if (!said.startsWith(code)) throw new Error(`it said ${JSON.stringify(said.trim().slice(0, 100))}`);
  }
}
