import { oneLine } from '@samaya/platform/text-schema.ts';
import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { accountEmail } from '#server/accounts/account-schemas.ts';
import { signInOnTheWayTo } from '#server/accounts/return-path.ts';
import { bookAsGuest } from '#server/bookings/book-as-guest.ts';
import { getEvent } from '#server/events/get-event.ts';
import { bookedPath } from '../../booked/booked-note.ts';
import { readSeats } from '../../booking-panel.ts';
import { PANEL } from '../../booking-panel-texts.ts';
import { eventPath } from '../../event-card.ts';
import { expectRefusal } from '../../expect-refusal.ts';
import { type PersonFaults, personFaults, typedInto } from '../../person-faults.ts';
import type { RequestEvent } from './$types';
import { eventIdOf } from './event-id.ts';

// What the panel then shows says it better than any status in between; the rest are faults, or nobody's page.
const REFUSALS: Readonly<Record<string, number>> = {
  'event-inactive': 409,
  'event-started': 409,
  'already-booked': 409,
  'already-waitlisted': 409,
  'too-many-seats': 422,
  'event-full': 409,
  'not-enough-seats': 409,
  'idempotency-in-progress': 409,
  'too-many-requests': 429,
  unavailable: 503,
};
const TAKEN = new Set(['event-full', 'not-enough-seats']);

const guestSchema = z.object({ name: oneLine(100), email: accountEmail });

/** Books the event of the page for whoever is signed in, or for a guest who left name and address. */
export async function bookPlace(event: RequestEvent) {
  const { app, identity } = event.locals;
  const eventId = eventIdOf(event.params.event);
  const form = await event.request.formData();
  const seats = readSeats(form.get('seats'));
  if (!identity) {
    // A form without an address was made for somebody who was signed in.
    if (form.has('email') && !form.has('member')) return await bookForGuest(event, { eventId, seats, form });
    const { id, title } = await getEvent(app.db, eventId, undefined);
    redirect(303, signInOnTheWayTo(`${eventPath({ id, title })}?seats=${seats}#book`));
  }
  let bookingId: number;
  try {
    await app.limits('booking-user', String(identity.userId));
    bookingId = (await app.desk.book({ userId: identity.userId, eventId, seats })).id;
  } catch (refused) {
    const { status, message } = expectRefusal(refused, REFUSALS, event.setHeaders);
    return refuse(status, { message, typed: { name: '', email: '', seats } });
  }
  redirect(303, `/bookings/${bookingId}`);
}

async function bookForGuest(
  { locals, setHeaders }: RequestEvent,
  { eventId, seats, form }: { eventId: number; seats: number; form: FormData },
) {
  const typed = { name: typedInto(form, 'name'), email: typedInto(form, 'email'), seats };
  const parsed = guestSchema.safeParse(typed);
  if (!parsed.success) return refuse(422, { typed, faults: personFaults(parsed.error.issues) });
  try {
    await bookAsGuest(locals.app, { eventId, seats, ...parsed.data, network: locals.facts.network });
  } catch (refused) {
    const { code, status, message } = expectRefusal(refused, REFUSALS, setHeaders);
    return refuse(status, { typed, message: TAKEN.has(code) ? `${message} ${PANEL.bookedJustNow}` : message });
  }
  redirect(303, bookedPath(locals, { eventId, email: parsed.data.email }, new Date()));
}

interface Refusal {
  message?: string;
  faults?: PersonFaults;
  /** What a guest typed; of somebody who is signed in, only how many places. */
  typed?: { name: string; email: string; seats: number };
}

function refuse(status: number, { message, faults = {}, typed }: Refusal) {
  return fail(status, { message, faults, typed });
}
