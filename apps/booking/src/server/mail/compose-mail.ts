import { ERASED_DOMAIN, isGuest } from '#server/accounts/account.ts';
import { calendarFileOf } from '#server/bookings/calendar-file.ts';
import type { Visit } from '#server/bookings/visit.ts';
import type { Addressee, Mail, Mailbox, MailFacts } from './mail.ts';
import { type MailSetting, oneLine } from './mail-document.ts';
import { renderMailHtml } from './render-mail-html.ts';
import { renderMailText } from './render-mail-text.ts';
import { eventPath } from './write-booking-mails.ts';
import { writeMail } from './write-mail.ts';

/** A mail ready to go, why nobody needs it any more, or why it can never be sent. */
export type ComposedMail =
  | { kind: 'mail'; mail: Mail }
  | { kind: 'unneeded'; reason: string }
  | { kind: 'unsayable'; reason: string };

// Narrower than the standard allows, and than sign-up does: nothing that a mail server could read in two ways.
const ADDRESS = /^[^\s@"(),:;<>[\\\]\p{Cc}\u2028\u2029]{1,64}@[^\s@"(),:;<>[\\\]\p{Cc}\u2028\u2029]+$/u;

/** Composes the mail of an outbox row from facts as they are now. */
export function composeMail(
  row: { id: string; kind: string },
  facts: MailFacts,
  setting: MailSetting & { from: Mailbox },
): ComposedMail {
  const { addressee } = facts;
  if (!addressee || addressee.isErased || addressee.email.endsWith(`@${ERASED_DOMAIN}`)) {
    return { kind: 'unneeded', reason: 'not needed: the person is gone' };
  }
  const to = facts.elsewhere?.email ?? addressee.email;
  if (!ADDRESS.test(to)) return { kind: 'unsayable', reason: 'cannot be sent: the address is none' };
  const written = writeMail(row.kind, { addressee, facts, setting });
  if (!written) return { kind: 'unsayable', reason: `cannot be sent: there is no mail ${row.kind}` };
  if ('unneeded' in written) return { kind: 'unneeded', reason: `not needed: ${written.unneeded}` };
  const { document, calendarFor } = written;
  return {
    kind: 'mail',
    mail: {
      id: row.id,
      from: setting.from,
      to,
      subject: oneLine(document.subject),
      text: renderMailText(document, setting.studio.name),
      html: renderMailHtml(document, setting.studio.name),
      calendar: calendarFor ? calendarOf(calendarFor, addressee, setting) : null,
    },
  };
}

// A guest's own link stays out of it: calendars are shared.
function calendarOf(visit: Visit, addressee: Addressee, { bookingUrl, now }: MailSetting): string {
  const path = isGuest(addressee) ? eventPath(visit) : `/bookings/${visit.id}`;
  return calendarFileOf(visit, { url: `${bookingUrl}${path}`, now });
}
