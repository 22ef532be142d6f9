/** Fields of the form, in the order of the page. */
export const FIELDS = [
  'title',
  'event_type',
  'date',
  'time',
  'duration',
  'places',
  'price',
  'facilitator_id',
  'summary',
  'description',
  'place',
  'online',
  'practice',
  'level',
  'time_zone',
  'currency',
  'open',
] as const;

export type TypedField = (typeof FIELDS)[number];

/** What somebody wrote into the form; a tick is `on`. */
export type TypedEvent = Record<TypedField, string>;

/** What to mend, by field. */
export type EventFaults = Partial<Record<TypedField, string>>;
