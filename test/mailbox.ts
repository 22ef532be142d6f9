import { setTimeout as sleep } from 'node:timers/promises';
import { rowsOf } from './both-databases.ts';

const POLL_MS = 50;
const WAIT_MS = 30_000;

/**
 * The address below `path` that the newest mail with such a link leads to, once booking's local mailbox has `count` of
 * them for this recipient.
 */
export async function mailedLink(ownerUrl: string, recipient: string, path: string, count = 1): Promise<string> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const mails = await rowsOf(
      ownerUrl,
      `select text from local_mailbox where recipient = '${recipient}' order by sent_at, id`,
    );
    const links = mails.flatMap(({ text }) => {
      const link = String(text)
        .match(/https?:\/\/\S+/g)
        ?.find((address) => new URL(address).pathname.startsWith(path));
      return link === undefined ? [] : [link];
    });
    const newest = links.at(-1);
    if (newest !== undefined && links.length >= count) return newest;
    if (Date.now() > deadline) throw new Error(`${links.length} mails to ${recipient} lead to ${path}, not ${count}`);
    await sleep(POLL_MS);
  }
}
