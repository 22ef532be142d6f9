/** What stands by every button that asks a browser for a passkey. */
export const PASSKEY = {
  use: 'Use a passkey',
  noScript: 'A passkey needs JavaScript, which is off in this browser.',
  missing: 'This browser knows no passkeys. A newer one does.',
  stopped: 'No passkey was given. Try again, or go another way.',
  refused: 'This passkey did not work here. Try again, or go another way.',
} as const;
