/** What the demo studio offers, as its authors wrote it: without dates, which follow from the day it is filled. */
export interface DemoOffer {
  /** Part of the key by which a second start knows the event again. */
  slug: string;
  title: string;
  summary: string;
  description: string;
  /** Address of the facilitator. */
  facilitator: string;
  event_type: 'session' | 'retreat';
  practice: string;
  level: string;
  /** Where it is; `null` for what happens on the screen only. */
  place: string | null;
  /** Wall time, in the offer's zone: `19:30`. */
  time: string;
  /** When it is not the studio's own. */
  time_zone?: string;
  /** Minutes. */
  duration: number;
  max_participants: number;
  price: number;
  currency: string;
  /** Places taken when the studio opens. */
  taken: number;
}

/** Every week. */
export interface DemoSession extends DemoOffer {
  /** Monday is 1. */
  weekdays: readonly number[];
}

/** Now and then: on the first such weekday, so many days ahead or more. */
export interface DemoOccasion extends DemoOffer {
  weekday: number;
  daysAhead: number;
  /** Called off after people had booked. */
  isCancelled?: boolean;
}
