import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { EVENT_TYPES, TIMES_OF_DAY, type TimeOfDay } from './event.ts';
import {
  type EventFilter,
  type EventTrait,
  IN_ORDER,
  isAt,
  isFoundAmongFew,
  isOpen,
  traitsOf,
} from './event-filter-queries.ts';

/** Something to choose, and how many events that would leave, with all else that was chosen. */
export interface EventChoice {
  value: string;
  label: string;
  count: number;
}

export type EventChoiceField =
  | 'event_type'
  | 'practice'
  | 'level'
  | 'facilitator_id'
  | 'time_of_day'
  | 'online'
  | 'available';

export interface EventChoices extends Record<EventChoiceField, EventChoice[]> {
  /** How many events there are with all that was chosen. */
  total: number;
  /** Whether these are all; else there are more, further ahead. */
  isWhole: boolean;
}

interface ChoiceRow extends EventChoice {
  field: EventChoiceField | 'total' | 'seen';
}

// So many of the next events say what there is; looking through all of them would take long and offer little more.
const NEXT = 2000;

/** What there is to choose from among the next events. A field's own choice does not count against its others. */
export async function selectEventChoices(
  db: Kysely<DB>,
  words: readonly string[],
  filter: EventFilter,
): Promise<EventChoices> {
  const traits = traitsOf(filter);
  const fits = Object.entries(traits).map(([field, condition]) => sql`${condition} as ${sql.ref(`fits_${field}`)}`);
  const countOf = (own?: EventTrait) => {
    const others = Object.keys(traits).filter((field) => field !== own);
    const conditions = others.map((field) => sql.ref<boolean>(`fits_${field}`));
    return sql`count(*) filter (where ${sql.join([sql`true`, ...conditions], sql` and `)})::int`;
  };
  const { rows } = await sql<ChoiceRow>`
    with next as materialized (
      select e.* from events e where ${isOpen(filter)} ${IN_ORDER} limit ${NEXT + 1}),
    e as materialized (
      select ${sql.join([
        sql`event_type, practice, level, facilitator_id, online, seats_taken < max_participants as available`,
        sql`${timeOfDay()} as time_of_day`,
        ...fits,
      ])}
      from next e where ${isFoundAmongFew(words)})
    select 'total' as field, '' as value, '' as label, ${countOf()} as count from e
    union all select 'seen', '', '', count(*)::int from next
    union all select 'event_type', event_type, event_type, ${countOf('event_type')} from e group by event_type
    union all select 'practice', min(practice), min(practice), ${countOf('practice')} from e
      where practice is not null group by search_form(practice)
    union all select 'level', min(level), min(level), ${countOf('level')} from e
      where level is not null group by search_form(level)
    union all select 'facilitator_id', f.id::text, f.name, ${countOf('facilitator_id')}
      from e join facilitators f on f.id = e.facilitator_id group by f.id
    union all select 'time_of_day', time_of_day, time_of_day, ${countOf('time_of_day')} from e group by time_of_day
    union all select 'online', online::text, '', ${countOf('online')} from e group by online
    union all select 'available', available::text, '', ${countOf('available')} from e group by available`.execute(db);
  return choicesOf(rows);
}

function timeOfDay(): RawBuilder<TimeOfDay> {
  const cases = (Object.keys(TIMES_OF_DAY) as TimeOfDay[]).map((name) => sql`when ${isAt(name)} then ${name}`);
  return sql<TimeOfDay>`case ${sql.join(cases, sql` `)} end`;
}

function choicesOf(rows: readonly ChoiceRow[]): EventChoices {
  const of = (field: ChoiceRow['field']) => rows.filter((row) => row.field === field);
  const byLabel = (field: ChoiceRow['field']) => of(field).sort((one, other) => one.label.localeCompare(other.label));
  const inOrder = (field: ChoiceRow['field'], values: readonly string[]) =>
    of(field).sort((one, other) => values.indexOf(one.value) - values.indexOf(other.value));
  return {
    total: of('total')[0]?.count ?? 0,
    isWhole: (of('seen')[0]?.count ?? 0) <= NEXT,
    event_type: inOrder('event_type', EVENT_TYPES),
    practice: byLabel('practice'),
    level: byLabel('level'),
    facilitator_id: byLabel('facilitator_id'),
    time_of_day: inOrder('time_of_day', Object.keys(TIMES_OF_DAY)),
    online: of('online'),
    available: of('available'),
  };
}
