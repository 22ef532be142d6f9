import { createTransport } from 'nodemailer';
import { CARRY_SECONDS, type Carried } from '#server/notifications/deliver-singly.ts';
import type { Mail } from './mail.ts';

/** Where mails are handed over. */
export interface MailPost {
  /** Hands one mail over. Never throws on the mail server's account. */
  send(mail: Mail, cut: AbortSignal): Promise<Carried>;
  /** Whether mails are taken at this moment. */
  isThere(): Promise<boolean>;
  close(): void;
}

/** How long the mail server has to answer. */
interface Patience {
  /** To a connection, its greeting included. */
  connectMs: number;
  /** To anything else. */
  silenceMs: number;
}

const PATIENCE: Patience = { connectMs: 5000, silenceMs: 10_000 };
const REASON_MOST = 300;

// Said of us and not of a mail, at whatever command: authentication is needed, too weak, or needs encryption.
const ABOUT_US = new Set([421, 454, 530, 534, 535, 538]);
const ABOUT_THE_MAIL = new Set(['RCPT TO', 'DATA']);
// The line broke, or nothing came any more.
const LINE_BROKE = new Set(['ECONNECTION', 'ESOCKET', 'ETIMEDOUT', 'EPROTOCOL', 'EABORT']);

/** A post that hands mails to a mail server. `host`: the site's, which makes the mails' ids unique in the world. */
export function createSmtpPost({
  url,
  host,
  patience = PATIENCE,
}: {
  url: string;
  host: string;
  patience?: Patience;
}): MailPost {
  const transport = createTransport({
    url,
    pool: true,
    // One for each of the relay's two loops.
    maxConnections: 2,
    // A connection that the server closed while it was idle is replaced once.
    maxRequeues: 1,
    connectionTimeout: patience.connectMs,
    greetingTimeout: patience.connectMs,
    dnsTimeout: patience.connectMs,
    socketTimeout: patience.silenceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  return {
    async send(mail, cut) {
      const signal = AbortSignal.any([cut, AbortSignal.timeout(CARRY_SECONDS * 1000)]);
      try {
        await transport.sendMail({ ...messageOf(mail, host), signal });
        return { kind: 'taken' };
      } catch (error) {
        return judge(error, mail.to);
      }
    },
    async isThere() {
      const late = AbortSignal.timeout(CARRY_SECONDS * 1000);
      const tooLate = new Promise<false>((resolve) => late.addEventListener('abort', () => resolve(false)));
      return await Promise.race([transport.verify().catch(() => false), tooLate]);
    },
    close: () => transport.close(),
  };
}

function messageOf({ id, from, to, subject, text, html, calendar }: Mail, host: string) {
  return {
    messageId: `<${id}@${host}>`,
    from,
    to: { name: '', address: to },
    // Said outright, so that nothing in a header decides who gets it.
    envelope: { from: from.address, to: [to] },
    subject,
    text,
    html,
    headers: { 'Auto-Submitted': 'auto-generated' },
    ...(calendar !== null && { attachments: [attachmentOf(calendar)] }),
  };
}

function attachmentOf(calendar: string) {
  const method = /^METHOD:([A-Z]+)\r?$/m.exec(calendar)?.[1] ?? 'PUBLISH';
  return {
    filename: 'event.ics',
    content: calendar,
    contentType: `text/calendar; charset=utf-8; method=${method}`,
  };
}

interface SmtpError {
  code?: string;
  command?: string;
  responseCode?: number;
  message: string;
}

/** What an error of the transport says about the mail, and about the server. */
export function judge(error: unknown, to: string): Carried {
  if (!(error instanceof Error)) return { kind: 'broken', reason: 'was not taken' };
  const { code = '', command = '', responseCode, message }: SmtpError = error;
  const reason = plain(message, to);
  if (responseCode && ABOUT_THE_MAIL.has(command) && !ABOUT_US.has(responseCode)) {
    return { kind: responseCode >= 500 && responseCode !== 503 ? 'rejected' : 'postponed', reason };
  }
  if (responseCode) return { kind: 'away', reason };
  if (LINE_BROKE.has(code)) return { kind: 'broken', reason };
  // Found out on our side, before the server was asked.
  if (code === 'EENVELOPE' || code === 'EMESSAGE' || code === 'ESTREAM') return { kind: 'unsayable', reason };
  return { kind: 'away', reason };
}

/** A server's words as a short line, without the address of the person. */
function plain(message: string, to: string): string {
  return message
    .replaceAll(to, 'the address')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, REASON_MOST);
}
