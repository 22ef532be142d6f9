export const TWO_STEP = {
  title: 'Two-step sign-in',
  notDone: 'Not done',
  lead: 'After your password we ask for a code that an app on your phone shows. Whoever learns your password still stays outside.',
  needs: 'You need an authenticator app. Most password managers are one, too.',
  begin: 'Set it up',
  on: (since: string) => `On since ${since}`,
  left: (codes: number) =>
    codes === 0
      ? 'All recovery codes are used. Make new ones, or a lost phone locks you out.'
      : codes === 1
        ? 'One recovery code is left. Make new ones soon.'
        : `${codes} recovery codes are left.`,
  changeTitle: 'Change it',
  changeText: 'Both need your password and a code of your app, or a recovery code.',
  code: 'Code',
  wrongCode: 'This code is wrong or was used. Wait for the next one.',
  renew: 'Make new recovery codes',
  off: 'Switch it off',
  offTitle: 'Two-step sign-in is off',
  offText: 'Your password is enough again. Everywhere else you are signed out.',
} as const;

export const SET_UP = {
  title: 'Add your account to the app',
  scan: 'Scan this with your authenticator app.',
  picture: 'A QR code that holds the key below',
  orType: 'Or type this key into it:',
  openApp: 'On this device? Open it in the app',
  code: 'Code',
  codeHint: 'The six digits that the app shows now.',
  wrongCode: 'This is not the code of this key. Take the one the app shows now; is the clock of your phone right?',
  submit: 'Switch it on',
  cancel: 'Leave it off',
} as const;

export const RECOVERY = {
  titleOn: 'Two-step sign-in is on',
  titleNew: 'Your new recovery codes',
  lead: 'Keep these recovery codes where you would keep a spare key. Each opens your account once, should your app be gone.',
  once: 'They are shown this once. Print this page, save them as a file, or write them down.',
  ended: 'The codes from before have ended.',
  elsewhere: 'Everywhere else you are signed out.',
  list: 'Recovery codes',
  download: 'Save them as a file',
  file: 'recovery-codes.txt',
  done: 'I have kept them',
} as const;
