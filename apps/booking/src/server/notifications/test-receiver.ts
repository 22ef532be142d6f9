import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { after } from 'node:test';
import { verify } from '@samaya/booking-notification/signature.ts';
import { createLog } from '@samaya/platform/log.ts';
import { sql } from 'kysely';
import { openStudio, type Studio } from '#server/test-studio.ts';
import { type CrmOutlet, deliverNotifications } from './deliver-notifications.ts';

export const SECRET = `whsec_${Buffer.alloc(32, 'r').toString('base64')}`;

/** One POST as it came. */
export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  ids: string[];
  messages: { message_id: string; booking_id?: number; version?: number; [field: string]: unknown }[];
}

/** Answers a POST in any way, or not at all. */
export type Behave = (received: Received, response: ServerResponse, count: number) => void | Promise<void>;

export interface Receiver {
  url: string;
  received: Received[];
  /** Message ids in the order they came, over all POSTs. */
  ids(): string[];
  behave: Behave;
}

/** A destination on a port of its own, which takes everything until told otherwise. Refuses what is not signed. */
export async function openReceiver(): Promise<Receiver> {
  const receiver: Receiver = {
    url: '',
    received: [],
    ids: () => receiver.received.flatMap((post) => post.ids),
    behave: takeAll,
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const fault = verify(
      bytes,
      {
        id: request.headers['webhook-id'] as string | undefined,
        timestamp: request.headers['webhook-timestamp'] as string | undefined,
        signature: request.headers['webhook-signature'] as string | undefined,
      },
      { secrets: [SECRET], now: new Date(Number(request.headers['webhook-timestamp']) * 1000) },
    );
    if (fault) return void response.writeHead(401).end(fault);
    const body = bytes.toString();
    const messages = (JSON.parse(body) as { notifications: Received['messages'] }).notifications;
    const post = { headers: request.headers, body, messages, ids: messages.map((message) => message.message_id) };
    receiver.received.push(post);
    await receiver.behave(post, response, receiver.received.length);
  });
  // Who posts again later must not meet a line that was closed at that very moment.
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  receiver.url = `http://127.0.0.1:${(server.address() as { port: number }).port}/api/v1/booking-notifications`;
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return receiver;
}

export const takeAll: Behave = ({ ids }, response) => {
  answer(response, 200, { outcomes: ids.map((message_id) => ({ message_id, outcome: 'stored' })) });
};

/** Answers a status for everything, with headers. */
export function refuseAll(status: number, headers: Record<string, string> = {}): Behave {
  return (_received, response) => void response.writeHead(status, headers).end('no');
}

export function answer(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** A studio whose outbox goes to a receiver, at a time that the test moves. */
export interface RelayBench {
  studio: Studio;
  receiver: Receiver;
  options: CrmOutlet;
  logLines: string[];
  /** Books `count` people in; their messages are then due. Answers the bookings' ids. */
  book(count: number): Promise<number[]>;
  /** One look at the outbox, as the relay does. */
  look(): Promise<{ isMoreLikely: boolean }>;
  /** Moves the clock. */
  pass(milliseconds: number): void;
  outbox(): Promise<OutboxRow[]>;
  destination(): Promise<{ down_since: Date | null; probe_at: Date | null; probes: number; stopped_at: Date | null }>;
}

export interface OutboxRow {
  id: string;
  booking_id: number;
  attempts: number;
  refusals: number;
  state: 'delivered' | 'dead' | 'waiting';
  /** Milliseconds from the bench's time until the next try. */
  inMs: number;
  last_error: string | null;
}

export async function openRelayBench(): Promise<RelayBench> {
  const studio = await openStudio();
  const receiver = await openReceiver();
  const logLines: string[] = [];
  // Ahead of the database's clock, so that what is written now is due.
  let now = Date.now() + 60_000;
  const options: CrmOutlet = {
    db: studio.db,
    destination: 'crm',
    url: receiver.url,
    secrets: [SECRET],
    log: createLog('booking', { write: (line: string) => void logLines.push(line) }),
    clock: () => new Date(now),
    now: () => new Date(now),
    random: () => 1,
  };
  const eventId = await studio.addEvent({ places: 100_000 });
  const never = new AbortController().signal;
  return {
    studio,
    receiver,
    options,
    logLines,
    async book(count) {
      const users = await studio.addUsers(count);
      const booked = await studio.db
        .insertInto('bookings')
        .values(users.map((user_id) => ({ user_id, event_id: eventId })))
        .returning('id')
        .execute();
      return booked.map((row) => row.id);
    },
    look: () => deliverNotifications(options, never),
    pass(milliseconds) {
      now += milliseconds;
    },
    async outbox() {
      const { rows } = await sql<OutboxRow>`
        select id, booking_id, attempts, refusals, last_error,
               case when delivered_at is not null then 'delivered' when dead_at is not null then 'dead' else 'waiting' end as state,
               round(extract(epoch from next_attempt_at - ${new Date(now)}::timestamptz) * 1000)::float8 as "inMs"
        from outbox where destination = 'crm' order by booking_id, version`.execute(studio.db);
      return rows;
    },
    destination: () =>
      studio.db
        .selectFrom('outbox_destinations')
        .select(['down_since', 'probe_at', 'probes', 'stopped_at'])
        .where('destination', '=', 'crm')
        .executeTakeFirstOrThrow(),
  };
}
