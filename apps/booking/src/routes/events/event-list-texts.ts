import { dateInShort } from '../../words/calendar-days.ts';

/** The words of the list of events: its filters, its views, and what it says when there is nothing. */
export const EVENT_LIST = {
  title: 'Sessions and retreats',
  pageTitle: 'All events',
  description: (studio: string) => `What is on at ${studio}: by day, by practice, or by who leads.`,
  find: 'Find events',
  search: 'Search',
  searchHint: 'yin, breathwork, a name …',
  go: 'Find',
  filters: 'Filters',
  close: 'Close',
  type: 'Type',
  any: 'Any',
  sessions: 'Sessions',
  retreats: 'Retreats',
  practice: 'Practice',
  facilitator: 'Facilitator',
  anybody: 'Anybody',
  level: 'Level',
  from: 'From',
  to: 'Until',
  timeOfDay: 'Time of day',
  place: 'Place',
  online: 'Online',
  inPerson: 'In person',
  priceMost: (currency: string) => `Price up to (${currency})`,
  available: 'Only with free places',
  choices: 'Quick choices',
  views: 'Views',
  list: 'List',
  week: 'Week',
  month: 'Month',
  inUse: 'Filters in use',
  remove: 'remove this filter',
  clear: 'Clear all',
  results: 'Events',
  subscribe: 'Subscribe to these in your calendar',
  later: 'Later events',
  lastPage: 'That was the last event',
  first: 'Back to the first',
  noneOnDates: 'Nothing on these dates',
  nearest: 'The nearest is on',
  nearestTwo: 'The nearest are on',
  and: 'and',
  show: 'Show it',
  none: 'Nothing found',
  noneText: 'Take a filter away, or see everything there is.',
  all: 'See all events',
  nothingPlanned: 'Nothing is planned right now',
  nothingPlannedText: 'New sessions are added here first. Come back soon.',
  today: 'Today',
  weekday: 'Day',
  previousWeek: 'Previous week',
  nextWeek: 'Next week',
  previousMonth: 'Previous month',
  nextMonth: 'Next month',
  thisWeek: 'This week',
  thisMonth: 'This month',
  emptyWeek: 'Nothing in this week',
  emptyMonth: 'Nothing in this month',
  nothing: 'nothing',
  full: 'Full',
} as const;

export const CHIPS = { today: 'Today', weekend: 'Weekend', week: 'Next 7 days' } as const;

export const TIMES = { morning: 'Morning', afternoon: 'Afternoon', evening: 'Evening' } as const;

/** A condition in words, as it stands on a pill. */
export const PILLS = {
  words: (words: string) => `“${words}”`,
  with: (name: string) => `with ${name}`,
  somebody: (id: number) => `facilitator ${id}`,
  from: (day: string) => `from ${dateInShort(day)}`,
  to: (day: string) => `until ${dateInShort(day)}`,
  timeOfDay: (time: string) => `in the ${time}`,
  free: 'Free',
  priceMost: (price: string) => `up to ${price}`,
  available: 'with free places',
} as const;

export interface Counted {
  total: number;
  /** Whether these are all there are. */
  isWhole: boolean;
}

/** `24 events`; where not all were looked at, `24 events or more`. */
export function eventsInWords({ total, isWhole }: Counted): string {
  return `${total === 1 ? '1 event' : `${total.toLocaleString('en')} events`}${isWhole ? '' : ' or more'}`;
}

/** What the button of the filters does. */
export function showInWords(counted: Counted): string {
  if (counted.total > 0) return `Show ${eventsInWords(counted)}`;
  return counted.isWhole ? 'Show what is left: nothing' : 'Show events';
}

/** A choice with how many events it leaves. */
export function choiceInWords(label: string, count: number): string {
  return `${label} (${count})`;
}

/** A day of the month, said whole: `Tuesday 1 December, 3 events`. */
export function dayWithCount(day: string, count: number): string {
  return `${day}, ${eventsInWords({ total: count, isWhole: true })}`;
}

export function moreInWords(count: number): string {
  return `+${count} more`;
}

export function weekOfInWords(day: string): string {
  return `the week of ${day}`;
}

/** What a subscribed calendar is called: the studio, and what was asked for. */
export function calendarName(studio: string, conditions: readonly string[]): string {
  return [studio, ...conditions].join(', ');
}
