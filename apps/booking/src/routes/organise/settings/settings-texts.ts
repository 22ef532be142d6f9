/** The words of the studio's settings. */
export const SETTINGS = {
  title: 'Settings of the studio',
  lead: 'They count at once, for every visitor and for every event that is created from now on. Events that exist keep their zone and currency.',
  name: 'Name',
  nameHint: 'Stands above every page and in every mail.',
  timeZone: 'Time zone',
  timeZoneHint: 'Such as Europe/Lisbon. New events are on this clock, and so are days in lists.',
  currency: 'Currency',
  currencyHint: 'Three letters, such as EUR. New events have this one.',
  terms: 'Terms',
  termsHint:
    'What people read before they book, such as until when they may cancel. Leave a line empty between paragraphs.',
  save: 'Save',
  saved: 'Saved. The site shows it already.',
  notSaved: 'Not saved',
  fix: (count: number) => (count === 1 ? 'Please mend one thing:' : 'Please mend these:'),
  faults: {
    name: (detail: string) => `The name ${detail}.`,
    timeZone: 'Write a time zone such as Europe/Lisbon.',
    currency: 'Write a code of three letters such as EUR.',
    terms: (detail: string) => `The terms ${detail}.`,
  },
} as const;
