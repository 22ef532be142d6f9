export const DEMO_GOOGLE = {
  title: 'Choose an account',
  lead: 'To go on to the studio',
  notice: 'This is not Google',
  noticeText:
    'In the demo this page stands in for Google: choose who you are, no password is asked. Nothing leaves this machine.',
  notVerified: 'Address not confirmed',
  isOff: 'Only the demo plays Google.',
  ended: 'This sign-in took too long, or it began in another browser.',
} as const;
