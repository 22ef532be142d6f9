import { DomainError } from '@samaya/platform/domain-error.ts';
import { emailAddress, oneLine, rowId } from '@samaya/platform/text-schema.ts';
import { fail, redirect } from '@sveltejs/kit';
import { addToRoster } from '#server/bookings/add-to-roster.ts';
import { ATTENDANCE_OPENS_MINUTES, ATTENDANCES } from '#server/bookings/booking.ts';
import { getRosterByName } from '#server/bookings/get-roster-by-name.ts';
import { markAttendance } from '#server/bookings/mark-attendance.ts';
import { markMany } from '#server/bookings/mark-many.ts';
import { mayRun } from '#server/events/event.ts';
import { requireIdentity } from '../../../../require-identity.ts';
import { organisedEventOf } from '../../../organised-event.ts';
import { eventIdOf } from '../../own-event.ts';
import { ADD_REFUSALS, ROSTER, seatsRefusal } from '../../roster-texts.ts';
import type { Actions, PageServerLoad } from './$types';
import { listedEntryOf } from './roster-entry.ts';

const PEOPLE_A_PAGE = 500;
const SEARCH_MOST = 200;
const PLACES_MOST = 100_000;
const MINUTE_MS = 60_000;

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const search = (url.searchParams.get('q') ?? '').trim().slice(0, SEARCH_MOST).toWellFormed().replaceAll('\0', '');
  const after = url.searchParams.get('after') ?? undefined;
  const { event, figures, here, next, gone } = await getRosterByName(
    locals.app.db,
    { eventId: eventIdOf(params), search, after, limit: PEOPLE_A_PAGE },
    requireIdentity(locals),
  );
  const now = new Date();
  const opensAt = event.date_time.getTime() - ATTENDANCE_OPENS_MINUTES * MINUTE_MS;
  const takesAttendance = event.cancelled_at === null && opensAt <= now.getTime();
  const words = { timeZone: event.time_zone, takesAttendance };
  const address = `/organise/events/${event.id}/roster`;
  return {
    event: organisedEventOf(event, now, mayRun(requireIdentity(locals), event)),
    figures,
    search,
    takesAttendance,
    opensMinutes: ATTENDANCE_OPENS_MINUTES,
    mayAdd: event.cancelled_at === null && event.is_active && event.date_time > now,
    isClosed: event.cancelled_at === null && !event.is_active && event.date_time > now,
    here: here.map((entry) => listedEntryOf(entry, words)),
    gone: gone.map((entry) => listedEntryOf(entry, words)),
    isFirstPage: after === undefined,
    first: address,
    next: next && `${address}?${new URLSearchParams({ ...(search && { q: search }), after: next })}`,
    added: here.find(({ id }) => String(id) === url.searchParams.get('added'))?.user_name,
    isRemoved: url.searchParams.get('done') === 'removed',
  };
};

export const actions: Actions = {
  async mark({ request, locals, params, url }) {
    const form = await request.formData();
    const [attendance, typedId = ''] = String(form.get('mark') ?? '').split('.');
    const mark = ATTENDANCES.find((one) => one === attendance);
    const id = rowId.safeParse(typedId).data;
    if (!mark || id === undefined) return fail(400, { refusal: ROSTER.notNoted });
    try {
      await markAttendance(locals.app.db, { id, attendance: mark }, requireIdentity(locals));
    } catch (refused) {
      if (!(refused instanceof DomainError) || !['attendance-too-early', 'booking-ended'].includes(refused.code)) {
        throw refused;
      }
      return fail(409, { refusal: refused.code === 'booking-ended' ? ROSTER.ended : refused.message });
    }
    redirect(303, `/organise/events/${eventIdOf(params)}/roster${listQuery(url)}#b${id}`);
  },

  async everyone({ locals, params }) {
    const marked = await markMany(
      locals.app.db,
      { eventId: eventIdOf(params), from: 'confirmed', to: 'attended' },
      requireIdentity(locals),
    );
    return { marked };
  },

  async takeBack({ request, locals, params }) {
    const ids = String((await request.formData()).get('ids') ?? '')
      .split('.')
      .flatMap((id) => rowId.safeParse(id).data ?? []);
    const eventId = eventIdOf(params);
    await markMany(locals.app.db, { eventId, ids, from: 'attended', to: 'confirmed' }, requireIdentity(locals));
    return { tookBack: true };
  },

  async add({ request, locals, params }) {
    const form = await request.formData();
    const [name = '', email = '', places = ''] = ['name', 'email', 'places'].map((field) => textOf(form.get(field)));
    const typed = { name, email, places };
    const named = oneLine(100).safeParse(name);
    const address = emailAddress.safeParse(email);
    const seats = /^[1-9]\d{0,5}$/.test(places.trim()) ? Number(places) : undefined;
    const faults = {
      ...(!named.success && { name: ROSTER.add.nameFault(named.error.issues[0]?.message ?? '') }),
      ...(!address.success && { email: ROSTER.add.emailFault }),
      ...((seats === undefined || seats > PLACES_MOST) && { places: ROSTER.add.placesFault }),
    };
    if (!named.success || !address.success || seats === undefined || seats > PLACES_MOST) {
      return fail(422, { typed, faults });
    }
    const eventId = eventIdOf(params);
    let bookingId: number;
    try {
      const wanted = { eventId, name: named.data, email: address.data, seats };
      bookingId = (await addToRoster(locals.app, wanted, requireIdentity(locals))).id;
    } catch (refused) {
      if (!(refused instanceof DomainError)) throw refused;
      const { code, extensions } = refused;
      if (code === 'not-enough-seats' || code === 'too-many-seats') {
        const left = code === 'not-enough-seats' ? Number(extensions?.seats_left) : undefined;
        return fail(409, { typed, faults: { places: seatsRefusal(left) } });
      }
      const message = ADD_REFUSALS[code];
      if (message === undefined) throw refused;
      return fail(409, { typed, faults: {}, message });
    }
    redirect(303, `/organise/events/${eventId}/roster?added=${bookingId}#b${bookingId}`);
  },
};

/** What was searched for, to come back to the same list. */
function listQuery({ searchParams }: URL): string {
  const kept = new URLSearchParams();
  for (const field of ['q', 'after']) {
    const value = searchParams.get(field);
    if (value) kept.set(field, value);
  }
  return kept.size > 0 ? `?${kept}` : '';
}

function textOf(value: FormDataEntryValue | null): string {
  return typeof value === 'string' ? value : '';
}
