import { spreadsheetOf } from '#server/spreadsheet.ts';
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

/** A list of people as a file for spreadsheets. Times are on the event's clock. */
export function rosterFileOf(rows: readonly RosterFileRow[], words: RosterFileWords, timeZone: string): string {
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return spreadsheetOf(
    [words.name, words.email, words.places, words.status, words.booked],
    rows.map((row) => [
      row.user_name,
      row.user_email,
      row.seats,
      words.statuses[row.status],
      clock.format(row.booking_date),
    ]),
  );
}
