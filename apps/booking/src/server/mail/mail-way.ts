import { type Config, isLoopbackOnly } from '@samaya/platform/config.ts';

/** Where mails go: to a mail server, into the local mailbox, or nowhere until somebody sets one up. */
export type MailWay = 'server' | 'mailbox' | 'nowhere';

/**
 * The local mailbox is for a site that nobody but this machine can reach: elsewhere it would show everybody's links to
 * everybody.
 */
export function mailWay(config: Config): MailWay {
  if (config.smtpUrl !== undefined) return 'server';
  return isLoopbackOnly(config) ? 'mailbox' : 'nowhere';
}

export function hasMailbox(config: Config): boolean {
  return mailWay(config) === 'mailbox';
}
