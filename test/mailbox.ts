import { setTimeout as sleep } from 'node:timers/promises';
import { rowsOf } from './both-databases.ts';

export interface ReceivedMail {
  subject: string;
  text: string;
  /** The first address in it that leads below this path of the site. */
  link(path: string): string;
}

const POLL_MS = 50;
const WAIT_MS = 20_000;

/** The newest mail to an address in the local mailbox of booking, once it has `count` of them. */
export async function mailTo(ownerUrl: string, address: string, count = 1): Promise<ReceivedMail> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const mails = await rowsOf(
      ownerUrl,
      `select subject, text from local_mailbox where recipient = '${address}' order by sent_at, id`,
    );
    const newest = mails.at(-1);
    if (newest && mails.length >= count) {
      const [subject, text] = [String(newest.subject), String(newest.text)];
      return {
        subject,
        text,
        link(path) {
          const found = text.match(/https?:\/\/\S+/g)?.find((address) => new URL(address).pathname.startsWith(path));
          if (found === undefined) throw new Error(`no link to ${path} in:\n${text}`);
          return found;
        },
      };
    }
    if (Date.now() > deadline) throw new Error(`${mails.length} mails to ${address}, not ${count}`);
    await sleep(POLL_MS);
  }
}
