import { LOOPBACK_HOSTS } from '@samaya/platform/config.ts';
import type { CompleteConfig } from '@samaya/platform/secrets.ts';
import { type Carrier, deliverSingly } from '#server/notifications/deliver-singly.ts';
import type { ClaimedRow, Outlet } from '#server/notifications/outbox.ts';
import { createRelay, type Relay } from '#server/notifications/relay.ts';
import { readStudio } from '#server/studio/read-studio.ts';
import { type ComposedMail, composeMail } from './compose-mail.ts';
import { loadMailFacts } from './load-mail-facts.ts';
import { keepMail } from './local-mailbox.ts';
import type { Mailbox } from './mail.ts';
import { hasMailbox } from './mail-way.ts';
import { createSmtpPost, type MailPost } from './send-by-smtp.ts';

type MailConfig = Pick<CompleteConfig, 'bookingUrl' | 'cookieKeys' | 'mailFrom'>;

const DAY_MS = 86_400_000;
/** What was never tried for so long is news no more. */
const STALE_DAYS = 3;
/** Mails that are written within this time go in one look at the outbox: a mail is in no hurry, bookings are. */
const GATHER_MS = 50;

/**
 * The relay that sends mails: to the mail server, or into the local mailbox. Where there is neither, mails wait, and
 * starting says so.
 */
export function createMailRelay(outlet: Outlet, config: CompleteConfig): Relay {
  const post = postFor(outlet, config);
  if (!post) {
    return {
      start: () => outlet.log.warn('SMTP_URL is not set: no mail is sent. They wait in the outbox, for three days'),
      wake: () => {},
      stop: async () => {},
    };
  }
  const carrier = createMailCarrier(outlet, config, post);
  const relay = createRelay(outlet, (stopping) => deliverSingly(outlet, carrier, stopping), { gatherMs: GATHER_MS });
  return {
    ...relay,
    async stop() {
      await relay.stop();
      post.close();
    },
  };
}

function postFor({ db }: Outlet, config: CompleteConfig): MailPost | undefined {
  if (config.smtpUrl !== undefined) {
    return createSmtpPost({ url: config.smtpUrl, host: new URL(config.bookingUrl).hostname });
  }
  if (!hasMailbox(config)) return undefined;
  return {
    async send(mail) {
      await keepMail(db, mail);
      return { kind: 'taken' };
    },
    isThere: async () => true,
    close: () => {},
  };
}

/** Composes the mail of each outbox row when its turn comes, and hands it to the post. */
export function createMailCarrier(outlet: Outlet, config: MailConfig, post: MailPost): Carrier {
  const { db, clock } = outlet;

  async function compose(row: ClaimedRow): Promise<ComposedMail> {
    if (isStale(row, clock())) return { kind: 'unsayable', reason: `was not sent for ${STALE_DAYS} days` };
    const [facts, studio] = await Promise.all([loadMailFacts(db, row), readStudio(db)]);
    const { bookingUrl, cookieKeys: keys } = config;
    try {
      return composeMail(row, facts, { studio, bookingUrl, keys, now: clock(), from: senderOf(config, studio) });
    } catch (error) {
      // One mail that cannot be written holds up no other.
      return { kind: 'unsayable', reason: `cannot be written: ${error instanceof Error ? error.message : 'unknown'}` };
    }
  }

  return {
    async carry(row, cut) {
      const composed = await compose(row);
      return composed.kind === 'mail' ? await post.send(composed.mail, cut) : composed;
    },
    isThere: () => post.isThere(),
  };
}

// A mail that is sent again after it was given up has a reason on it.
function isStale({ occurred_at, last_error }: ClaimedRow, now: Date): boolean {
  return last_error === null && now.getTime() - occurred_at.getTime() >= STALE_DAYS * DAY_MS;
}

/** Who mails come from: as configured, or the studio at the site's host. */
export function senderOf({ mailFrom, bookingUrl }: MailConfig, studio: { name: string }): Mailbox {
  if (mailFrom === undefined) {
    const { hostname } = new URL(bookingUrl);
    return { name: studio.name, address: `no-reply@${LOOPBACK_HOSTS.has(hostname) ? 'localhost' : hostname}` };
  }
  const [, name = '', address = mailFrom] = /^(.*)<([^<>]*)>$/.exec(mailFrom) ?? [];
  return { name: name.trim().replace(/^"(.*)"$/, '$1'), address: address.trim() };
}
