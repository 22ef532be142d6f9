import type { listEventChoices } from '#server/events/list-event-choices.ts';
import type { EventQuery, View } from './event-filter.ts';
import { choiceInWords, EVENT_LIST, TIMES } from './event-list-texts.ts';

type Choices = Awaited<ReturnType<typeof listEventChoices>>;
type Choice = Choices['practice'][number];

export interface FilterField {
  name: string;
  label: string;
  value: string;
  options: { value: string; label: string }[];
}

/** The fields of the filters that are a choice, as they stand; one of which there is nothing to choose is left out. */
export function filterFieldsOf(query: EventQuery, choices: Choices): FilterField[] {
  const fields: FilterField[] = [
    field('event_type', EVENT_LIST.type, EVENT_LIST.any, query.event_type, choices.event_type, (value) =>
      value === 'retreat' ? EVENT_LIST.retreats : EVENT_LIST.sessions,
    ),
    field('practice', EVENT_LIST.practice, EVENT_LIST.any, query.practice, choices.practice, capitalised),
    field(
      'facilitator_id',
      EVENT_LIST.facilitator,
      EVENT_LIST.anybody,
      query.facilitator_id?.toString(),
      choices.facilitator_id,
      (_, label) => label,
    ),
    field('level', EVENT_LIST.level, EVENT_LIST.any, query.level, choices.level, capitalised),
    field(
      'time_of_day',
      EVENT_LIST.timeOfDay,
      EVENT_LIST.any,
      query.time_of_day,
      choices.time_of_day,
      (value) => TIMES[value as keyof typeof TIMES],
    ),
    field('online', EVENT_LIST.place, EVENT_LIST.any, query.online?.toString(), choices.online, (value) =>
      value === 'true' ? EVENT_LIST.online : EVENT_LIST.inPerson,
    ),
  ];
  return fields.filter(({ value, options }) => value !== '' || options.length > 2);
}

/** What of the address the form keeps though none of its fields says so. */
export function keptFieldsOf(query: EventQuery, view: View): { name: string; value: string }[] {
  if (view === 'list') return [];
  return [{ name: 'view', value: view }, ...(query.from ? [{ name: 'from', value: query.from }] : [])];
}

function field(
  name: string,
  label: string,
  any: string,
  chosen: string | undefined,
  choices: readonly Choice[],
  say: (value: string, label: string) => string,
): FilterField {
  // An address written by hand may say `yin` where the list says `Yin`.
  const known = choices.find(({ value }) => chosen !== undefined && isSame(value, chosen));
  const options = choices.map(({ value, label: own, count }) => ({
    value,
    label: choiceInWords(say(value, own), count),
  }));
  if (chosen !== undefined && !known) options.push({ value: chosen, label: choiceInWords(say(chosen, chosen), 0) });
  return { name, label, value: known?.value ?? chosen ?? '', options: [{ value: '', label: any }, ...options] };
}

function isSame(one: string, other: string): boolean {
  return one.localeCompare(other, 'en', { sensitivity: 'base' }) === 0;
}

function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
