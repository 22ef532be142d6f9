import type { ActKind } from '#server/audit/audit.ts';

/** The words of the audit trail. */
export const AUDIT = {
  title: 'Audit trail',
  lead: 'What admins and facilitators did to others, and commands at the server. Nobody can change or delete a line.',
  who: 'Who, or to whom',
  placeholder: 'name or address',
  kind: 'What',
  any: 'Everything',
  show: 'Show',
  clear: 'Show all',
  older: 'Earlier',
  newest: 'From the newest',
  times: (zone: string) => `Times are those of the studio, ${zone}.`,
  command: 'A command at the server',
  gone: (id: number) => `a deleted person (${id})`,
  goneThing: (id: number) => `no. ${id}`,
  from: (network: string) => `from ${network}`,
  request: (id: string) => `request ${id}`,
  empty: { title: 'Nothing yet', text: 'What is done to people, events and settings stands here.' },
  nothing: { title: 'Nothing like that', text: 'Look for a part of a name or address, or for another kind.' },
} as const;

export interface ActWords {
  /** In the list to choose from. */
  label: string;
  /** Between who did it and to whom. */
  did: string;
  /** After that. */
  after?: string;
  /** Instead of both where nobody is known whom it was done to. */
  alone?: string;
}

export const ACTS: Readonly<Record<ActKind, ActWords>> = {
  'admin.made': { label: 'Admin made', did: 'made', after: 'an admin' },
  'admin.unmade': { label: 'Admin unmade', did: 'took the admin’s rights from' },
  'person.disabled': { label: 'Account disabled', did: 'disabled the account of' },
  'person.enabled': { label: 'Account enabled', did: 'enabled the account of' },
  'person.signed_out': { label: 'Signed out', did: 'signed out' },
  'person.two_step_off': { label: 'Two-step off', did: 'switched two-step sign-in off for' },
  'person.removed': { label: 'Account deleted', did: 'deleted the account of' },
  'account.created': { label: 'Account made', did: 'made an account for' },
  'facilitator.added': { label: 'Facilitator added', did: 'added the facilitator' },
  'facilitator.changed': { label: 'Facilitator changed', did: 'changed the facilitator' },
  'assistant.added': {
    label: 'Assistant added',
    did: 'made',
    after: 'an assistant of',
    alone: 'named an assistant of',
  },
  'assistant.removed': {
    label: 'Assistant removed',
    did: 'removed',
    after: 'as an assistant of',
    alone: 'removed an assistant of',
  },
  'event.cancelled': { label: 'Event cancelled', did: 'cancelled' },
  'schedule.imported': { label: 'Schedule imported', did: 'imported a schedule' },
  'settings.changed': { label: 'Settings changed', did: 'changed the settings' },
  'messages.replayed': { label: 'Messages sent again', did: 'sent messages again' },
};

const FIELDS: Readonly<Record<string, string>> = {
  timeZone: 'time zone',
  email: 'address',
  bio: 'text',
  account: 'with an account',
  admin: 'as an admin',
};

/** Fields and counts of an act, in words. */
export function detailsInWords({ fields, count }: { fields?: readonly string[]; count?: number }): string | undefined {
  if (fields && fields.length > 0) return fields.map((field) => FIELDS[field] ?? field).join(', ');
  return count === undefined ? undefined : String(count);
}
