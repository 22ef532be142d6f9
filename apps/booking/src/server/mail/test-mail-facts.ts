import { NO_PASSWORD } from '#server/accounts/account.ts';
import type { Visit, VisitedEvent } from '#server/bookings/visit.ts';
import { composeMail } from './compose-mail.ts';
import type { Addressee, Mail, Mailbox, MailFacts, MailKind } from './mail.ts';
import type { MailSetting } from './mail-document.ts';

export const ADDRESSEE: Addressee = {
  id: 5,
  email: 'ana@example.org',
  passwordHash: '$argon2id$a',
  hasOtherWayIn: false,
  isProven: false,
  isErased: false,
  proveAskedAt: new Date('2026-11-20T10:00:00Z'),
  resetAskedAt: new Date('2026-11-20T10:00:00Z'),
  newEmail: 'ana@new.example',
  newEmailAskedAt: new Date('2026-11-20T10:00:00Z'),
};

export const GUEST: Addressee = { ...ADDRESSEE, passwordHash: NO_PASSWORD };

const EVENT: VisitedEvent = {
  id: 3,
  title: 'Yin by candlelight',
  event_type: 'session',
  date_time: new Date('2026-12-01T19:30:00Z'),
  duration: 75,
  price: 18.5,
  currency: 'EUR',
  time_zone: 'Asia/Makassar',
  place: 'Sala do Rio, Rua da Bica 12',
  online: false,
  practice: 'yin',
  summary: 'Long, quiet holds.',
  is_active: true,
  cancelled_at: null,
  moved_from: null,
  facilitator: { id: 1, name: 'Inês Duarte' },
};

export const SETTING: MailSetting & { from: Mailbox } = {
  studio: { name: 'Stilte', terms: 'Cancel a day before.\nBring socks.\n\nBe kind.', timeZone: 'Europe/Lisbon' },
  bookingUrl: 'https://book.example.org',
  keys: ['a-key-for-tests'],
  now: new Date('2026-11-20T10:30:00Z'),
  from: { name: 'Stilte', address: 'hello@example.org' },
};

/** A booking of two places that stands; give what matters to the test. */
export function visitOf({
  event,
  ...visit
}: Partial<Omit<Visit, 'event'>> & { event?: Partial<VisitedEvent> } = {}): Visit {
  return {
    id: 7,
    user_id: 5,
    event_id: 3,
    booking_date: new Date('2026-11-20T10:00:00Z'),
    status: 'confirmed',
    seats: 2,
    version: 1,
    ...visit,
    event: { ...EVENT, ...event },
  };
}

export function factsOf(facts: Partial<MailFacts> = {}): MailFacts {
  const occurredAt = new Date('2026-11-20T10:15:00Z');
  return { occurredAt, addressee: ADDRESSEE, elsewhere: undefined, visit: visitOf(), isOutdated: false, ...facts };
}

export const MAIL_ID = '01900000-0000-7000-8000-000000000001';

export function compose(kind: MailKind, facts: Partial<MailFacts> = {}, setting: Partial<typeof SETTING> = {}) {
  return composeMail({ id: MAIL_ID, kind }, factsOf(facts), { ...SETTING, ...setting });
}

/** The mail, where there must be one. */
export function mailOf(...order: Parameters<typeof compose>): Mail {
  const composed = compose(...order);
  if (composed.kind !== 'mail') throw new Error(composed.reason);
  return composed.mail;
}
