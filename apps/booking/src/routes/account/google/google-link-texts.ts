export const GOOGLE_LINK = {
  title: 'Sign in with Google',
  connected: 'Connected',
  connectedText: 'Your Google account opens this account. Whatever address Google shows, it stays the same account.',
  notConnected: 'Not connected',
  notConnectedText: 'Connect your Google account, and you sign in here without a password.',
  passwordHint: 'So that nobody connects theirs who finds your browser open.',
  connect: 'Connect Google',
  disconnect: 'Disconnect Google',
  disconnectText: (hasPassword: boolean, hasPasskey: boolean) => {
    const way = hasPassword && hasPasskey ? 'password or a passkey' : hasPassword ? 'password' : 'passkey';
    return `You sign in with your ${way} then. Everywhere else you are signed out.`;
  },
  onlyWay: 'Google is your only way in.',
  onlyWayText: 'Choose a password or add a passkey first, then you can disconnect Google.',
  choosePassword: 'Choose a password',
  addPasskey: 'Add a passkey',
  noPassword:
    'You have no password here, so this works within ten minutes of signing in. Has it been longer? Sign out and in again first.',
  proveFirst: 'Confirm your address first.',
  proveFirstText: 'Until you do, it is not certain that this account is yours.',
  refused: 'Not done',
  wrongPassword: 'This is not your password. Check it, or choose a new one first.',
  isOff: 'Sign-in with Google is not set up here.',
} as const;

const DONE: Readonly<Record<string, string>> = {
  connected: 'Google is connected',
  disconnected: 'Google is disconnected',
};

export function doneWords(word: string | null): string | undefined {
  return word !== null && Object.hasOwn(DONE, word) ? DONE[word] : undefined;
}
