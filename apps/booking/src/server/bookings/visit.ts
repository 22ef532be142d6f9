import type { Booking } from './booking.ts';

/** A booking together with the event it is for, as its person sees it. */
export interface Visit extends Booking {
  /** Grows with every change that the person is told of. */
  version: number;
  event: VisitedEvent;
}

export interface VisitedEvent {
  id: number;
  title: string;
  event_type: 'session' | 'retreat';
  date_time: Date;
  /** Minutes. */
  duration: number;
  /** In `currency`, for one seat. */
  price: number;
  currency: string;
  time_zone: string;
  place: string | null;
  online: boolean;
  practice: string | null;
  summary: string | null;
  is_active: boolean;
  cancelled_at: Date | null;
  /** When it was to start before it moved; `null` when it never did. */
  moved_from: Date | null;
  facilitator: { id: number; name: string };
}
