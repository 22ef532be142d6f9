/** The words of the pages of facilitators. */
export const FACILITATORS = {
  title: 'Who leads here',
  lead: 'The people you will meet, and what they teach.',
  description: (studio: string) => `The facilitators of ${studio}, and what each of them leads.`,
  none: 'Nobody is here yet',
  noneText: 'Facilitators appear here as soon as the studio adds them.',
  more: 'More facilitators',
  all: 'Everyone who leads here',
  described: (name: string, studio: string) => `Sessions and retreats with ${name} at ${studio}.`,
  upcoming: 'Upcoming',
  later: 'Later events',
  nothing: 'Nothing is planned right now',
  nothingText: (name: string) => `When ${name} plans something, it is here first.`,
  events: 'See all events',
  past: (count: number) => (count === 1 ? '1 event led so far' : `${count.toLocaleString('en')} events led so far`),
  subscribe: 'Subscribe in your calendar',
  calendar: (name: string, studio: string) => `${name}, ${studio}`,
} as const;
