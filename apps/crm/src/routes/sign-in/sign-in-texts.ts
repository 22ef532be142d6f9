/** The words of signing in to CRM, and of signing out of it. */
export const SIGN_IN_ERRORS: Readonly<Record<number, string>> = {
  403: 'CRM is for facilitators',
  410: 'This sign-in has ended',
  503: 'Try again in a moment',
};

export const SIGN_IN = {
  failed: 'You could not be signed in',
  again: 'Sign in again',
  asOther: 'Sign in as somebody else',
  toBooking: 'Back to booking',
  howToBecome:
    'A facilitator’s account has the same, confirmed, e-mail address as the facilitator. An admin can set that right.',
  ended: 'It took too long, was called off, or began in another browser.',
} as const;

export const SIGNED_OUT = {
  title: 'You are signed out of CRM',
  pageTitle: 'Signed out',
  text: 'You may still be signed in to booking, and CRM believes booking. On a computer you share,',
  there: 'sign out there too',
} as const;
