import { fail, type RequestEvent, redirect } from '@sveltejs/kit';
import { actorOf } from '#server/imports/find-actor.ts';
import { ImportError } from '#server/imports/import-errors.ts';
import { importSchedule } from '#server/imports/import-schedule.ts';
import { readScheduleApart } from '#server/imports/read-schedule-apart.ts';
import { expectRefusal, TRY_LATER } from '../../expect-refusal.ts';
import { requireIdentity } from '../../require-identity.ts';
import type { Actions, PageServerLoad } from './$types';
import { importRowsOf } from './import-rows.ts';
import { IMPORT } from './import-texts.ts';
import { type SentFaults, type SentSchedule, sentToApply, sentToCheck } from './sent-schedule.ts';

export const load: PageServerLoad = ({ locals, url }) => {
  const [created, changed] = (/^(\d{1,6})\.(\d{1,6})$/.exec(url.searchParams.get('done') ?? '') ?? []).slice(1);
  return {
    studioZone: locals.studio.timeZone,
    importsOwnOnly: !requireIdentity(locals).isAdmin,
    done: created !== undefined ? { created: Number(created), changed: Number(changed) } : undefined,
  };
};

export const actions: Actions = {
  async check({ request, locals, setHeaders }) {
    const form = await request.formData();
    const { sent, faults } = await sentToCheck(form);
    if (!sent) return askAgain(422, form, faults);
    try {
      return { report: await run(locals, sent, { apply: false, skipRefused: false }) };
    } catch (error) {
      const { status, message } = refusalOf(error, setHeaders);
      return askAgain(status, form, faults, message);
    }
  },

  async apply({ request, locals, setHeaders }) {
    const form = await request.formData();
    const { sent, faults } = sentToApply(form);
    if (!sent) return askAgain(422, form, faults);
    const skipRefused = form.get('skip_refused') === 'on';
    let report: Awaited<ReturnType<typeof run>>;
    try {
      report = await run(locals, sent, { apply: true, skipRefused });
    } catch (error) {
      const { status, message } = refusalOf(error, setHeaders);
      return askAgain(status, form, faults, message);
    }
    if (!report.isApplied) return fail(409, { report: { ...report, message: IMPORT.notApplied } });
    redirect(303, `/organise/import?done=${report.counts.new}.${report.counts.changed}`);
  },
};

/** Reads what was sent and brings it, or only says what that would do. */
async function run(
  locals: App.Locals,
  sent: SentSchedule,
  { apply, skipRefused }: { apply: boolean; skipRefused: boolean },
) {
  const { app, studio } = locals;
  const identity = requireIdentity(locals);
  await app.limits('import-user', String(identity.userId));
  const actor = await actorOf(app.db, identity);
  const now = new Date();
  const schedule = await readScheduleApart({
    bytes: sent.bytes,
    kind: sent.kind,
    mapping: sent.mapping,
    zone: sent.zone,
    fallbackZone: studio.timeZone,
    studio,
    hasOwnFacilitator: actor.kind === 'facilitator',
    endlessFrom: Temporal.Now.plainDateISO(studio.timeZone).toString(),
  });
  const result = await importSchedule(app.db, schedule, {
    actor,
    now,
    moveTo: undefined,
    from: undefined,
    studio,
    apply,
    skipRefused,
    by: { userId: identity.userId, origin: locals.facts },
  });
  return {
    ...importRowsOf(result),
    file: sent.file,
    notes: result.notes,
    newFacilitators: result.newFacilitators.map(({ name }) => name),
    past: result.create.filter(({ fields }) => fields.date_time <= now).length,
    isApplied: result.isApplied,
    message: undefined as string | undefined,
    // What travels along, so that nothing of it is kept here between looking and doing.
    carried: {
      bytes: Buffer.from(sent.bytes).toString('base64'),
      file: sent.file,
      zone: sent.zone ?? '',
      mapping: sent.mapping,
      skipRefused,
    },
  };
}

function askAgain(status: number, form: FormData, faults: SentFaults, message?: string) {
  return fail(status, { typed: typedIn(form), faults, message });
}

/** What stands in the way of the whole; throws on what no form can mend. */
function refusalOf(error: unknown, setHeaders: RequestEvent['setHeaders']): { status: number; message: string } {
  if (error instanceof ImportError) return { status: 422, message: error.message };
  return expectRefusal(error, TRY_LATER, setHeaders);
}

/** What was written, to be written on; a file has to be chosen again. */
function typedIn(form: FormData) {
  const [paste = '', zone = '', mapping = ''] = ['paste', 'zone', 'mapping'].map((field) => {
    const value = form.get(field);
    return typeof value === 'string' ? value : '';
  });
  return { paste, zone, mapping };
}
