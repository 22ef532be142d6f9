import { stringify } from 'csv-stringify/sync';
import type { BookingStatus } from './booking.ts';

/** The words of the file: its columns, and what each status is called. */
export interface RosterFileWords {
  name: string;
  email: string;
  places: string;
  status: string;
  booked: string;
  statuses: Readonly<Record<BookingStatus, string>>;
}

export interface RosterFileRow {
  user_name: string;
  user_email: string;
  seats: number;
  status: BookingStatus;
  booking_date: Date;
}

/**
 * A list of people as a file for spreadsheets: marked as UTF-8, and nothing that a spreadsheet would take for a formula
 * is one. Times are on the event's clock.
 */
export function rosterFileOf(rows: readonly RosterFileRow[], words: RosterFileWords, timeZone: string): string {
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return stringify(
    rows.map((row) => [
      row.user_name,
      row.user_email,
      row.seats,
      words.statuses[row.status],
      clock.format(row.booking_date),
    ]),
    {
      header: true,
      columns: [words.name, words.email, words.places, words.status, words.booked],
      bom: true,
      escape_formulas: true,
      record_delimiter: 'windows',
    },
  );
}
