import { join } from 'node:path';
import { type Config, isLoopbackOnly } from '@samaya/platform/config.ts';
import { DEMO_PASSWORD, DEMO_SIGN_INS } from '../apps/booking/src/server/demo/demo-people.ts';

/** What a person reads when everything runs: where it is, how to get in, how to end it. */
export function welcome(config: Config, seconds: string): string {
  return `
Samaya is ready, after ${seconds} s.

  Site      ${config.bookingUrl.padEnd(28)}  API  ${config.bookingUrl}/docs
  Organise  ${config.bookingUrl}/organise
  CRM       ${config.crmUrl.padEnd(28)}  API  ${config.crmUrl}/docs
${hasLocalMailbox(config) ? `  Mail      ${config.bookingUrl}/dev/inbox\n` : ''}
${config.demo ? demoSignIns() : '  Without a demo there is no account yet: npm run user:create makes the first admin.\n'}
  Data      ${config.dataDir}
  Logs      ${join(config.dataDir, 'logs')}

${config.rateLimits ? '' : rateLimitWarning()}Ctrl-C stops everything.
`;
}

// As booking decides it: without a mail server, and nowhere but on this machine.
function hasLocalMailbox(config: Config): boolean {
  return config.smtpUrl === undefined && isLoopbackOnly(config);
}

function demoSignIns(): string {
  const lines = DEMO_SIGN_INS.map(({ email, role }) => `    ${email.padEnd(22)}  ${role}\n`);
  return `  Demo sign-ins, password ${DEMO_PASSWORD}\n${lines.join('')}`;
}

function rateLimitWarning(): string {
  const words = 'RATE LIMITS ARE OFF (RATE_LIMITS=off): passwords can be guessed without end.';
  const line = '!'.repeat(words.length + 6);
  return `${line}\n!! ${words} !!\n${line}\n\n`;
}
