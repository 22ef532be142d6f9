import type { Log } from '@samaya/platform/log.ts';

/** What whoever watches the log looks for; each is one line of JSON with `security` set to it. */
export const SECURITY_EVENTS = [
  'sign_in.ok',
  'sign_in.failed',
  'limit.hit',
  'access.refused',
  'password.changed',
  'address.changed',
  'token.made',
  'google.connected',
  'google.disconnected',
  'passkey.added',
  'passkey.removed',
  'two_step.on',
  'recovery_codes.renewed',
  'recovery_code.used',
  'two_step.off',
  'rights.changed',
  'account.disabled',
  'account.enabled',
  'account.deleted',
] as const;
export type SecurityEvent = (typeof SECURITY_EVENTS)[number];

/** Ids, and what is particular; never an address, a name or a secret. */
export interface SecurityFacts {
  user_id?: number | undefined;
  /** Who did it, where that is somebody else. */
  by?: number | undefined;
  [fact: string]: string | number | boolean | undefined;
}

const WARNINGS: ReadonlySet<SecurityEvent> = new Set(['sign_in.failed', 'limit.hit', 'access.refused']);

/** Notes a security event, once, with where the request came from as far as that is known. */
export function logSecurity(
  log: Log,
  security: SecurityEvent,
  facts: SecurityFacts,
  from: { network?: string | undefined; requestId?: string | undefined } = {},
): void {
  const level = WARNINGS.has(security) ? 'warn' : 'info';
  log[level]({ security, request_id: from.requestId, network: from.network, ...facts }, 'security');
}
