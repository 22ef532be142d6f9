import { after } from 'node:test';
import { createLog } from '@samaya/platform/log.ts';
import { sql } from 'kysely';
import { deliverSingly } from '#server/notifications/deliver-singly.ts';
import type { Outlet } from '#server/notifications/outbox.ts';
import type { Stopping } from '#server/notifications/relay.ts';
import { openStudio, type Studio } from '#server/test-studio.ts';
import { createMailCarrier } from './mail-relay.ts';
import { createSmtpPost, type MailPost } from './send-by-smtp.ts';
import { openSmtpSink, type SmtpSink } from './test-smtp-sink.ts';

export const MAIL_CONFIG = {
  bookingUrl: 'https://book.studio.example',
  cookieKeys: ['a-key-for-tests'],
  mailFrom: 'Samaya <hello@studio.example>',
};

/** A studio whose mails go to a sink, at a time that the test moves. */
export interface MailBench {
  studio: Studio;
  sink: SmtpSink;
  outlet: Outlet;
  post: MailPost;
  logLines: string[];
  /** Books `count` people in; their mails are then due. Answers the people's addresses. */
  book(count: number): Promise<string[]>;
  /** One look at the outbox, as a relay does; with a post of its own when one is given. */
  look(post?: MailPost): Promise<{ isMoreLikely: boolean }>;
  /** Moves the clock. */
  pass(milliseconds: number): void;
  mails(): Promise<OutboxMail[]>;
  destination(): Promise<{ down_since: Date | null; down_reason: string | null; probes: number }>;
}

export interface OutboxMail {
  id: string;
  attempts: number;
  refusals: number;
  state: 'delivered' | 'dead' | 'waiting';
  /** Milliseconds from the bench's time until the next try. */
  inMs: number;
  last_error: string | null;
}

export async function openMailBench(): Promise<MailBench> {
  const studio = await openStudio();
  const sink = await openSmtpSink();
  const logLines: string[] = [];
  // Ahead of the database's clock, so that what is written now is due.
  let now = Date.now() + 60_000;
  const outlet: Outlet = {
    db: studio.db,
    destination: 'mail',
    log: createLog('booking', { write: (line: string) => void logLines.push(line) }),
    clock: () => new Date(now),
    now: () => new Date(now),
    random: () => 1,
  };
  const post = openPost(sink);
  const eventId = await studio.addEvent({ places: 10_000 });
  const never = new AbortController().signal;
  const stopping: Stopping = { closing: never, cut: never };
  return {
    studio,
    sink,
    outlet,
    post,
    logLines,
    async book(count) {
      const users = await studio.addUsers(count);
      await studio.db
        .insertInto('bookings')
        .values(users.map((user_id) => ({ user_id, event_id: eventId })))
        .execute();
      const people = await studio.db
        .selectFrom('users')
        .select('email')
        .where('id', 'in', users)
        .orderBy('id')
        .execute();
      return people.map(({ email }) => email);
    },
    look: (by = post) => deliverSingly(outlet, createMailCarrier(outlet, MAIL_CONFIG, by), stopping),
    pass(milliseconds) {
      now += milliseconds;
    },
    async mails() {
      const { rows } = await sql<OutboxMail>`
        select id, attempts, refusals, last_error,
               case when delivered_at is not null then 'delivered' when dead_at is not null then 'dead' else 'waiting' end as state,
               round(extract(epoch from next_attempt_at - ${new Date(now)}::timestamptz) * 1000)::float8 as "inMs"
        from outbox where destination = 'mail' order by booking_id, version`.execute(studio.db);
      return rows;
    },
    destination: () =>
      studio.db
        .selectFrom('outbox_destinations')
        .select(['down_since', 'down_reason', 'probes'])
        .where('destination', '=', 'mail')
        .executeTakeFirstOrThrow(),
  };
}

/**
 * A way to a sink; it ends with the test. It waits as long as a machine may stand still, where a test does not say less
 * because the sink never answers.
 */
export function openPost(sink: Pick<SmtpSink, 'url'>, patienceMs = 15_000): MailPost {
  const post = createSmtpPost({
    url: sink.url,
    host: 'book.studio.example',
    patience: { connectMs: patienceMs, silenceMs: patienceMs },
  });
  after(() => post.close());
  return post;
}
