import type { Visit } from '#server/bookings/visit.ts';
import type { Studio } from '#server/studio/studio.ts';
import type { Addressee, MailFacts } from './mail.ts';

/** What every mail of a site is written with. */
export interface MailSetting {
  studio: Pick<Studio, 'name' | 'terms' | 'timeZone'>;
  /** Public address of the site, without a path. */
  bookingUrl: string;
  /** Keys that sign links; the first one does. */
  keys: readonly string[];
  now: Date;
}

/** A mail to be written. */
export interface MailOrder {
  addressee: Addressee;
  facts: MailFacts;
  setting: MailSetting;
}

/** What a mail says, with the visit whose calendar file goes with it; or why nobody needs it any more. */
export type Written = { document: MailDocument; calendarFor?: Visit } | { unneeded: string };

/** What a mail says, once for both of its versions. Values stand in it as they are; only rendering makes them safe. */
export interface MailDocument {
  subject: string;
  title: string;
  parts: readonly MailPart[];
  /** Why the reader gets it. */
  reason: string;
}

export type MailPart =
  | { kind: 'text'; text: string }
  | { kind: 'facts'; facts: readonly MailFact[] }
  /** The one thing to do. */
  | { kind: 'button'; label: string; href: string }
  /** A sentence and a lesser way on. */
  | { kind: 'link'; text: string; label: string; href: string }
  /** Longer words of somebody else, in paragraphs. */
  | { kind: 'note'; title: string; text: string };

export interface MailFact {
  term: string;
  /** The first line in full, further ones more quietly. */
  lines: readonly string[];
}

// Control characters, line and paragraph separators, overrides of the direction of writing.
const UNSAYABLE = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]+/gu;

/** One line of a mail: nothing in it can begin a header, a line or a paragraph of its own. */
export function oneLine(text: string): string {
  return text.toWellFormed().replace(UNSAYABLE, ' ').trim();
}

/** Paragraphs of a mail, each of lines. */
export function paragraphsOf(text: string): string[][] {
  return text
    .split(/(?:\r\n?|\n)(?:[^\S\r\n]*(?:\r\n?|\n))+/)
    .map((paragraph) =>
      paragraph
        .split(/\r\n?|\n/)
        .map(oneLine)
        .filter((line) => line !== ''),
    )
    .filter((lines) => lines.length > 0);
}
