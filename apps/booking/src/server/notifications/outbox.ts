import type { Clock } from '@samaya/platform/clock.ts';
import type { Log } from '@samaya/platform/log.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';

/** Where messages of the outbox go: to CRM, or by mail to people. Each has rows of its own in both outbox tables. */
export type Destination = 'crm' | 'mail';

/** One way out of the outbox: a destination, and what a relay to it needs. */
export interface Outlet {
  db: Kysely<DB>;
  destination: Destination;
  log: Log;
  /** The machine's time. */
  clock: Clock;
  /** When messages are due; by the database's clock when left out. */
  now?: Clock;
  random?: () => number;
  /** Told how many messages arrived. */
  onDelivered?: ((count: number) => void) | undefined;
}

/** A row of the outbox taken for delivery, with what it tells of as it is now. Only who holds `attempts` may settle it. */
export interface ClaimedRow {
  id: string;
  /** How many times the row was taken, this time included; a late answer is told by it. */
  attempts: number;
  /** How many times the destination refused this very message. */
  refusals: number;
  /** When it was refused first. */
  refused_since: Date | null;
  /** Why it was refused last; stays with a message that is sent again after it was given up. */
  last_error: string | null;
  kind: string;
  occurred_at: Date;
  version: number | null;
  booking_id: number | null;
  status: string | null;
  seats: number | null;
  /** Where a mail goes that is not for the person's address. */
  recipient: string | null;
  user_id: number | null;
  user_name: string | null;
  user_email: string | null;
  event_id: number | null;
  event_title: string | null;
  event_date: Date | number | null;
  event_type: string | null;
  price: number | null;
  facilitator_id: number | null;
  facilitator_name: string | null;
  facilitator_email: string | null;
}

/** A message that was given up. */
export interface DeadMessage {
  id: string;
  destination: Destination;
  kind: string;
  booking_id: number | null;
  occurred_at: Date;
  last_error: string | null;
}

/** How one destination's messages stand, for metrics, readiness and the admin. */
export interface OutboxFigures {
  waiting: number;
  /** Seconds since the oldest waiting change happened; 0 when nothing waits. */
  oldestSeconds: number;
  /** Seconds the oldest message has been due that nothing holds back; 0 when there is none. */
  overdueSeconds: number;
  dead: number;
  /** Whether the destination answered last time and has not told us to stop. */
  isUp: boolean;
  /** Since when it has not; `null` while it is up. */
  downSince: Date | null;
  /** Why, in its own words or ours. */
  downReason: string | null;
}
