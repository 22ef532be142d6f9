import { rowId } from '@samaya/platform/text-schema.ts';
import { fail, redirect } from '@sveltejs/kit';
import { createEvent } from '#server/events/create-event.ts';
import type { Event } from '#server/events/event.ts';
import { requireIdentity } from '../../../require-identity.ts';
import type { TypedEvent } from '../event-fields.ts';
import { type EventInput, emptyEvent, listFaults, readEvent, typedFrom, typedOf } from '../event-form.ts';
import { eventRefusalOf } from '../event-refusal.ts';
import { formContext, makePreview, unsaved } from '../form-context.ts';
import { ownEvent } from '../own-event.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  const original = await originalOf(locals, url);
  const { facilitatorId } = requireIdentity(locals);
  const empty = { ...emptyEvent(locals.studio), facilitator_id: String(facilitatorId ?? '') };
  const typed = original ? typedOf(original, 1) : empty;
  return {
    ...(await formContext(locals)),
    original: original?.title,
    typed,
    preview: await makePreview(locals, typed),
    back: original ? `/organise/events/${original.id}` : '/organise/events',
  };
};

export const actions: Actions = {
  async preview({ request, locals }) {
    const typed = typedFrom(await request.formData());
    return { ...unsaved(typed, {}), preview: await makePreview(locals, typed) };
  },

  async save({ request, locals }) {
    const typed = typedFrom(await request.formData());
    const identity = requireIdentity(locals);
    const { input, faults, isTwice } = readEvent(typed, { namesFacilitator: identity.isAdmin });
    if (listFaults(faults).length > 0) return await refuse(locals, 422, typed, faults);
    const { facilitator_id, ...fields } = input as EventInput;
    const event = {
      ...fields,
      is_active: typed.open === 'on',
      // Only an admin says whose it is.
      ...(identity.isAdmin && { facilitator_id }),
    };
    let created: Event;
    try {
      created = await locals.app.db.transaction().execute((trx) => createEvent(trx, event, identity));
    } catch (error) {
      const refusal = eventRefusalOf(error);
      if (!refusal) throw error;
      return await refuse(locals, refusal.status, typed, refusal.faults, refusal.message);
    }
    redirect(303, `/organise/events/${created.id}?done=created${isTwice ? '&twice' : ''}`);
  },
};

async function refuse(
  locals: App.Locals,
  status: number,
  typed: TypedEvent,
  faults: Parameters<typeof unsaved>[1],
  message?: string,
) {
  return fail(status, { ...unsaved(typed, faults, message), preview: await makePreview(locals, typed) });
}

async function originalOf(locals: App.Locals, url: URL): Promise<Event | undefined> {
  const id = url.searchParams.get('from') ?? '';
  return rowId.safeParse(id).success ? await ownEvent(locals, { event: id }) : undefined;
}
