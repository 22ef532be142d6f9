/** A row of the outbox taken for delivery, with what it tells of as it is now. Only who holds `attempts` may settle it. */
export interface ClaimedRow {
  id: string;
  /** How many times the row was taken, this time included; a late answer is told by it. */
  attempts: number;
  /** How many times the destination refused this very message. */
  refusals: number;
  /** When it was refused first. */
  refused_since: Date | null;
  kind: string;
  occurred_at: Date;
  version: number | null;
  booking_id: number | null;
  status: string | null;
  seats: number | null;
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
  kind: string;
  booking_id: number | null;
  occurred_at: Date;
  last_error: string | null;
}

/** How the outbox stands, for metrics and readiness. */
export interface OutboxFigures {
  waiting: number;
  /** Seconds since the oldest waiting change happened; 0 when nothing waits. */
  oldestSeconds: number;
  /** Seconds the oldest message has been due that nothing holds back; 0 when there is none. */
  overdueSeconds: number;
  dead: number;
  /** Whether the destination answered last time and has not told us to stop. */
  isUp: boolean;
}

/** The one destination so far. */
export const CRM = 'crm';
