/** The words around every page: the frame, and the pages that say what went wrong. */
export const SITE = {
  skip: 'Skip to content',
  navigation: 'Main',
  brand: (studio: string) => `${studio} CRM`,
  booking: 'Booking',
  signOut: 'Sign out',
  footer: 'Made with Samaya, open source.',
  api: 'API',
} as const;
