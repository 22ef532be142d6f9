import { fail, redirect } from '@sveltejs/kit';
import { listPeopleTold } from '#server/bookings/list-people-told.ts';
import { changeEvent } from '#server/events/change-event.ts';
import { type Event, toldChanges } from '#server/events/event.ts';
import { versionOf } from '#server/events/event-version.ts';
import { requireIdentity } from '../../../../require-identity.ts';
import { organisedEventOf } from '../../../organised-event.ts';
import type { EventFaults, TypedEvent } from '../../event-fields.ts';
import { type EventInput, listFaults, readEvent, typedFrom, typedOf } from '../../event-form.ts';
import { eventRefusalOf } from '../../event-refusal.ts';
import { listInWords, TOLD } from '../../event-texts.ts';
import { formContext, makePreview, unsaved } from '../../form-context.ts';
import { ownEvent } from '../../own-event.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
  const event = await ownEvent(locals, params);
  if (event.cancelled_at) redirect(303, `/organise/events/${event.id}`);
  const typed = typedOf(event);
  return {
    ...(await formContext(locals)),
    event: organisedEventOf(event, new Date()),
    typed,
    seen: versionOf(event),
    preview: await makePreview(locals, typed, event),
  };
};

export const actions: Actions = {
  async preview({ request, locals, params }) {
    const form = await request.formData();
    const typed = typedFrom(form);
    const event = await ownEvent(locals, params);
    return { ...unsaved(typed, {}), seen: seenIn(form), preview: await makePreview(locals, typed, event) };
  },

  async save({ request, locals, params }) {
    const form = await request.formData();
    const typed = typedFrom(form);
    const seen = seenIn(form);
    const event = await ownEvent(locals, params);
    const identity = requireIdentity(locals);
    const { input, faults, isTwice } = readEvent(typed, { kept: event, namesFacilitator: identity.isAdmin });
    if (listFaults(faults).length > 0) return await refuse(locals, { status: 422, event, typed, seen, faults });
    const { facilitator_id, ...fields } = input as EventInput;
    const changes = { ...fields, ...(identity.isAdmin && facilitator_id !== undefined && { facilitator_id }) };

    const told = toldChanges(event, changes);
    const people = await listPeopleTold(locals.app.db, { eventId: event.id, of: 'change' }, identity);
    const isTold = told.length > 0 && people.count > 0;
    // Who agreed to one thing is asked again about another.
    if (isTold && form.get('agreed') !== told.join(' ')) {
      const what = listInWords(told.map((field) => TOLD[field]));
      return {
        ...unsaved(typed, {}),
        seen,
        preview: await makePreview(locals, typed, event),
        confirm: { what, value: told.join(' '), ...people },
      };
    }
    try {
      await changeEvent(locals.app.db, event.id, changes, identity, seen === undefined ? {} : { seen });
    } catch (error) {
      const refusal = eventRefusalOf(error);
      if (!refusal) throw error;
      // Who saves again after looking through it means what is there now.
      const next = refusal.status === 409 ? versionOf(await ownEvent(locals, params)) : seen;
      return await refuse(locals, { ...refusal, event, typed, seen: next });
    }
    redirect(303, `/organise/events/${event.id}?done=${isTold ? 'told' : 'saved'}${isTwice ? '&twice' : ''}`);
  },
};

function seenIn(form: FormData): string | undefined {
  const seen = form.get('seen');
  return typeof seen === 'string' ? seen : undefined;
}

async function refuse(
  locals: App.Locals,
  refused: {
    status: number;
    event: Event;
    typed: TypedEvent;
    seen: string | undefined;
    faults: EventFaults;
    message?: string;
  },
) {
  const { status, event, typed, seen, faults, message } = refused;
  return fail(status, {
    ...unsaved(typed, faults, message),
    seen,
    preview: await makePreview(locals, typed, event),
    confirm: undefined,
  });
}
