/** The words of the local mailbox. */
export const MAILBOX = {
  title: 'Local mailbox',
  lead: 'No mail leaves this machine. What would go to people lies here for 30 days, each link in it as good as in the real one.',
  empty: 'No mail yet',
  emptyText: 'Book a place or sign up, and the mail about it appears here within a second or so.',
  find: 'Find an event',
  to: (recipient: string) => `to ${recipient}`,
  older: 'Older mails',
  newest: 'Newest mails',
} as const;

export const MAIL = {
  back: 'All mails',
  to: 'To',
  sent: 'Sent',
  views: 'Versions of this mail',
  html: 'As it looks',
  text: 'As plain text',
  frame: 'The mail as it looks',
  calendar: 'Calendar file',
} as const;
