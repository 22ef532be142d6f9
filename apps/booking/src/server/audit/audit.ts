/** What is kept of what people with rights do to others; see docs/security.md. */
export const ACT_KINDS = [
  'admin.made',
  'admin.unmade',
  'person.disabled',
  'person.enabled',
  'person.signed_out',
  'person.two_step_off',
  'person.removed',
  'account.created',
  'facilitator.added',
  'facilitator.changed',
  'assistant.added',
  'assistant.removed',
  'event.cancelled',
  'schedule.imported',
  'settings.changed',
  'messages.replayed',
] as const;
export type ActKind = (typeof ACT_KINDS)[number];

/** The request that brought an act. */
export interface Origin {
  /** An IPv4 address, or the /64 of an IPv6 address. */
  network: string;
  requestId: string;
}

/** Names of fields and counts; never what was written, and no address. */
export interface ActDetails {
  fields?: readonly string[];
  count?: number;
}

export interface Act {
  kind: ActKind;
  /** Who did it; nobody for a command at the server. */
  actorId?: number | undefined;
  /** To whom, or to what. */
  userId?: number | undefined;
  facilitatorId?: number | undefined;
  eventId?: number | undefined;
  details?: ActDetails;
}

/** Somebody an act is about; erased people have no name any more. */
export interface NamedInAct {
  id: number;
  name: string | null;
}

/** An act with the names of today. */
export interface ListedAct {
  id: number;
  at: Date;
  kind: string;
  actor: NamedInAct | null;
  person: NamedInAct | null;
  facilitator: NamedInAct | null;
  event: NamedInAct | null;
  details: ActDetails;
  network: string | null;
  requestId: string | null;
}
