/** What became of a mail so far: `unneeded` was not sent since nobody needed it any more, `dead` was given up. */
export const MAIL_STATES = ['waiting', 'sent', 'unneeded', 'dead'] as const;

export type MailState = (typeof MAIL_STATES)[number];

/** One mail of the log. What it said is not kept, only what it was about. */
export interface MailLogEntry {
  id: string;
  kind: string;
  occurredAt: Date;
  state: MailState;
  /** `null` when the person was erased. */
  recipient: string | null;
  eventTitle: string | null;
  nextTryAt: Date;
  refusals: number;
  lastError: string | null;
}

export interface MailLogFilter {
  state?: MailState | undefined;
  /** A part of the address. */
  address?: string | undefined;
}
