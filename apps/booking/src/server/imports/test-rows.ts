import { NO_MAPPING, readMapping } from './mapping.ts';
import { type ReadOptions, readSchedule, type Schedule } from './read-schedule.ts';

/** Reads text as a file would be, for tests; times without a zone are Lisbon's unless told otherwise. */
export function readText(text: string | Uint8Array, more: Partial<ReadOptions> & { json?: unknown } = {}): Schedule {
  const { json, ...options } = more;
  return readSchedule(typeof text === 'string' ? new TextEncoder().encode(text) : text, {
    kind: 'csv',
    mapping: json === undefined ? NO_MAPPING : readMapping(JSON.stringify(json)),
    zone: 'Europe/Lisbon',
    studio: { timeZone: 'Europe/Lisbon', currency: 'EUR' },
    hasOwnFacilitator: false,
    endlessFrom: undefined,
    ...options,
  });
}

const DEFAULT_ROW = {
  title: 'Yin',
  description: '',
  date_time: '2027-03-01 18:00',
  duration: '60',
  max_participants: '10',
  price: '15',
  facilitator_email: 'maya@studio.example',
  facilitator_name: 'Maya Lind',
};

/** A CSV file of rows that say only what matters to the test. */
export function csvOf(...rows: Record<string, string>[]): string {
  const columns = [...new Set([...Object.keys(DEFAULT_ROW), ...rows.flatMap(Object.keys)])];
  const quoted = (values: string[]) => values.map((value) => `"${value.replaceAll('"', '""')}"`).join(',');
  const lines = rows.map((row) => quoted(columns.map((name) => ({ ...DEFAULT_ROW, ...row })[name as 'title'] ?? '')));
  return `${[quoted(columns), ...lines].join('\n')}\n`;
}
