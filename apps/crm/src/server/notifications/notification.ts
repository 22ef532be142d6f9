/** What a facilitator was told of one change of one booking, and whether they have dealt with it. */
export interface Notification {
  id: number;
  booking_id: number;
  user_name: string;
  user_email: string;
  event_title: string;
  event_date: Date;
  facilitator_id: number;
  received_at: Date;
  processed: boolean;
  message_id: string;
  kind: string;
  version: number;
  /** Told after a newer version of the same booking was already here. */
  superseded: boolean;
  occurred_at: Date;
  status: string;
  seats: number;
  user_id: number | null;
  event_id: number | null;
  event_type: string | null;
  price: number | null;
  processed_at: Date | null;
  /** Of the user who did. */
  processed_by: number | null;
}

/** A notification at its place in its facilitator's stream. */
export interface StreamedNotification extends Notification {
  stream_position: number;
}
