import { isGuest } from '#server/accounts/account.ts';
import { hasEnded } from '#server/bookings/booking.ts';
import type { Visit } from '#server/bookings/visit.ts';
import { slugOf } from '#server/events/event.ts';
import { dayInWords, priceInWords, wallClock, zoneInWords } from '../../words/wall-clock.ts';
import type { MailDocument, MailFact, MailOrder, MailPart, Written } from './mail-document.ts';
import { AGAIN, CANCELLED, CONFIRMED, EVENT_CANCELLED, EVENT_CHANGED, FACTS, FRAME, MANAGE } from './mail-texts.ts';
import { tokenOf } from './mailed-link.ts';

const MINUTE_MS = 60_000;

/** They have a place. */
export function writeConfirmed(order: MailOrder): Written {
  return aboutStanding(order, confirmed);
}

/** Their booking ended, by their own wish or an organiser's. */
export function writeCancelled(order: MailOrder): Written {
  return aboutEnded(order, cancelled);
}

/** The event does not take place. */
export function writeEventCancelled(order: MailOrder): Written {
  return aboutEnded(order, eventCancelled);
}

/** The event is at another time or place, or with somebody else. */
export function writeEventChanged(order: MailOrder): Written {
  if (order.facts.isOutdated) return { unneeded: 'a later mail says how it is now' };
  return aboutStanding(order, changed);
}

/** They asked for a place that they have. */
export function writeAgain(order: MailOrder): Written {
  return aboutStanding(order, again);
}

type WriteAbout = (visit: Visit, order: MailOrder) => MailDocument;

/** About a booking that stands, for what is not over. */
function aboutStanding(order: MailOrder, write: WriteAbout): Written {
  const { visit } = order.facts;
  if (!visit) return { unneeded: 'the booking is gone' };
  if (hasEnded(visit.status)) return { unneeded: `the booking is ${visit.status} by now` };
  const endsAt = visit.event.date_time.getTime() + visit.event.duration * MINUTE_MS;
  if (endsAt <= order.setting.now.getTime()) return { unneeded: 'the event is over' };
  return { document: write(visit, order), calendarFor: visit };
}

/** About a booking that has ended. */
function aboutEnded(order: MailOrder, write: WriteAbout): Written {
  const { visit } = order.facts;
  if (!visit) return { unneeded: 'the booking is gone' };
  if (!hasEnded(visit.status)) return { unneeded: `the booking is ${visit.status} by now` };
  return { document: write(visit, order), calendarFor: visit };
}

function confirmed(visit: Visit, order: MailOrder): MailDocument {
  const { title } = visit.event;
  const { terms } = order.setting.studio;
  return {
    subject: CONFIRMED.subject(title, dayOf(visit)),
    title: CONFIRMED.title(visit.seats),
    parts: [
      { kind: 'text', text: CONFIRMED.text(title) },
      { kind: 'facts', facts: [...placeAndTime(visit), ...seatsAndPrice(visit)] },
      ...wayToBooking(visit, order),
      ...(terms ? [{ kind: 'note' as const, title: CONFIRMED.terms, text: terms }] : []),
    ],
    reason: FRAME.booked(order.setting.studio.name),
  };
}

function cancelled(visit: Visit, { setting }: MailOrder): MailDocument {
  const { title } = visit.event;
  const mayBookAgain =
    visit.event.is_active && visit.event.cancelled_at === null && visit.event.date_time > setting.now;
  return {
    subject: CANCELLED.subject(title, dayOf(visit)),
    title: CANCELLED.title,
    parts: [
      { kind: 'text', text: CANCELLED.text(title, visit.seats) },
      { kind: 'facts', facts: placeAndTime(visit) },
      ...(mayBookAgain
        ? [
            { kind: 'text' as const, text: CANCELLED.again },
            { kind: 'button' as const, label: CANCELLED.button, href: `${setting.bookingUrl}${eventPath(visit)}` },
          ]
        : []),
    ],
    reason: FRAME.booked(setting.studio.name),
  };
}

function eventCancelled(visit: Visit, { setting }: MailOrder): MailDocument {
  const { title } = visit.event;
  return {
    subject: EVENT_CANCELLED.subject(title, dayOf(visit)),
    title: EVENT_CANCELLED.title,
    parts: [
      { kind: 'text', text: EVENT_CANCELLED.text(setting.studio.name, title) },
      { kind: 'facts', facts: placeAndTime(visit) },
      { kind: 'text', text: EVENT_CANCELLED.other },
      { kind: 'button', label: EVENT_CANCELLED.button, href: `${setting.bookingUrl}/events` },
    ],
    reason: FRAME.booked(setting.studio.name),
  };
}

function changed(visit: Visit, order: MailOrder): MailDocument {
  const { event } = visit;
  const { moved_from: movedFrom } = event;
  const was = movedFrom
    ? [
        {
          term: FACTS.was,
          lines: [wallClock(movedFrom, event.duration, event.time_zone), zoneInWords(event.time_zone)],
        },
      ]
    : [];
  const [when, ...rest] = placeAndTime(visit);
  return {
    subject: EVENT_CHANGED.subject(event.title, dayOf(visit)),
    title: EVENT_CHANGED.title,
    parts: [
      { kind: 'text', text: EVENT_CHANGED.text(event.title) },
      { kind: 'facts', facts: [...(when ? [when] : []), ...was, ...rest, ...seatsAndPrice(visit)] },
      { kind: 'text', text: EVENT_CHANGED.after },
      ...wayToBooking(visit, order),
    ],
    reason: FRAME.booked(order.setting.studio.name),
  };
}

function again(visit: Visit, order: MailOrder): MailDocument {
  return {
    subject: AGAIN.subject(visit.event.title, dayOf(visit)),
    title: AGAIN.title,
    parts: [
      { kind: 'text', text: AGAIN.text(visit.event.title) },
      { kind: 'facts', facts: [...placeAndTime(visit), ...seatsAndPrice(visit)] },
      ...wayToBooking(visit, order),
    ],
    reason: FRAME.booked(order.setting.studio.name),
  };
}

function placeAndTime({ event }: Visit): MailFact[] {
  const where = event.place ?? (event.online ? FACTS.online : undefined);
  return [
    {
      term: FACTS.when,
      lines: [wallClock(event.date_time, event.duration, event.time_zone), zoneInWords(event.time_zone)],
    },
    ...(where === undefined ? [] : [{ term: FACTS.where, lines: [where] }]),
    { term: FACTS.with, lines: [event.facilitator.name] },
  ];
}

function seatsAndPrice({ event, seats }: Visit): MailFact[] {
  const pay = event.price === 0 ? FACTS.free : FACTS.atStudio(priceInWords(event.price * seats, event.currency));
  return [
    { term: FACTS.booked, lines: [FACTS.places(seats)] },
    { term: FACTS.pay, lines: [pay] },
  ];
}

/** The page of the booking: signed in for whoever has an account, else by a link that opens it. */
function wayToBooking(visit: Visit, { addressee, setting }: MailOrder): MailPart[] {
  if (!isGuest(addressee)) {
    return [{ kind: 'button', label: MANAGE.booking, href: `${setting.bookingUrl}/bookings/${visit.id}` }];
  }
  const { id: userId, email } = addressee;
  const token = tokenOf(setting.keys, { purpose: 'guest', bookingId: visit.id, userId, email });
  return [
    { kind: 'button', label: MANAGE.guest, href: `${setting.bookingUrl}/b/${token}` },
    { kind: 'text', text: MANAGE.guestText },
  ];
}

export function eventPath({ event }: Visit): string {
  return `/e/${event.id}-${slugOf(event.title)}`;
}

function dayOf({ event }: Visit): string {
  return dayInWords(event.date_time, event.time_zone);
}
