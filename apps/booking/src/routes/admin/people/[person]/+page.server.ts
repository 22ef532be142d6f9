import { fail, redirect } from '@sveltejs/kit';
import { changeAdmin } from '#server/accounts/change-admin.ts';
import { listSignIns } from '#server/accounts/list-sign-ins.ts';
import type { ListedSignIn } from '#server/accounts/sign-in-queries.ts';
import { signOutPerson } from '#server/accounts/sign-out-person.ts';
import { listVisitsAhead, listVisitsBehind } from '#server/bookings/list-visits.ts';
import type { Visit } from '#server/bookings/visit.ts';
import { releaseFromTwoStep } from '#server/two-step/release-from-two-step.ts';
import { wallClock, zoneInWords } from '../../../../words/wall-clock.ts';
import { lastSeen } from '../../../account/account-texts.ts';
import { expectRefusal } from '../../../expect-refusal.ts';
import { ROSTER } from '../../../organise/events/roster-texts.ts';
import { typedInto } from '../../../person-faults.ts';
import { requireIdentity } from '../../../require-identity.ts';
import { PERSON } from '../../admin-texts.ts';
import { listedPersonOf } from '../listed-person.ts';
import { personInAddress } from '../person-in-address.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const BEHIND_A_PAGE = 20;
const DONE = ['made', 'unmade', 'out', 'ended', 'disabled', 'enabled', 'released'] as const;
const HOUR_MS = 3_600_000;
// As PostgreSQL counts sign-ins.
const SIGN_IN_ID = /^[1-9]\d{0,17}$/;

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const { app, studio } = locals;
  const person = await personInAddress(locals, params);
  const after = url.searchParams.get('after') ?? undefined;
  const identity = requireIdentity(locals);
  const now = new Date();
  const [signIns, ahead, behind] = await Promise.all([
    listSignIns(app.db, { ...person, userId: person.id, signInId: identity.signInId }),
    listVisitsAhead(app.db, person.id),
    listVisitsBehind(app.db, { userId: person.id, after, limit: BEHIND_A_PAGE }),
  ]);
  return {
    listed: listedPersonOf(person, studio.timeZone),
    isYou: person.id === identity.userId,
    signIns: signIns.map((signIn) => signInLine(signIn, now)),
    ahead: ahead.map(lineOf),
    behind: behind.items.map(lineOf),
    earlier: behind.next && `/admin/people/${person.id}?${new URLSearchParams({ after: behind.next })}#behind`,
    done: DONE.find((one) => one === url.searchParams.get('done')),
  };
};

export const actions: Actions = {
  makeAdmin: async (event) => await setAdmin(event, true),
  unmakeAdmin: async (event) => await setAdmin(event, false),
  async signOut({ locals, params }) {
    const { id } = await personInAddress(locals, params);
    await signOutPerson(locals.app, { userId: id }, requireIdentity(locals), locals.facts);
    redirect(303, `/admin/people/${id}?done=out`);
  },
  async release({ locals, params, setHeaders }) {
    const { id } = await personInAddress(locals, params);
    try {
      await releaseFromTwoStep(locals.app, id, requireIdentity(locals), locals.facts);
    } catch (refused) {
      const { status, message } = expectRefusal(refused, { forbidden: 403 }, setHeaders);
      return fail(status, { message });
    }
    redirect(303, `/admin/people/${id}?done=released`);
  },
  async end({ locals, params, request }) {
    const { id } = await personInAddress(locals, params);
    const signInId = typedInto(await request.formData(), 'sign_in');
    if (SIGN_IN_ID.test(signInId)) {
      await signOutPerson(locals.app, { userId: id, signInId }, requireIdentity(locals), locals.facts);
    }
    redirect(303, `/admin/people/${id}?done=ended`);
  },
};

async function setAdmin({ locals, params, setHeaders }: RequestEvent, isAdmin: boolean) {
  const { id } = await personInAddress(locals, params);
  try {
    await changeAdmin(locals.app, { userId: id, isAdmin }, requireIdentity(locals), locals.facts);
  } catch (refused) {
    const { code, status, message } = expectRefusal(refused, { 'not-proven': 409, forbidden: 403 }, setHeaders);
    return fail(status, { message: code === 'not-proven' ? PERSON.mustProve : message });
  }
  redirect(303, `/admin/people/${id}?done=${isAdmin ? 'made' : 'unmade'}`);
}

function signInLine({ id, kind, agent, last_seen_at, isThisOne }: ListedSignIn, now: Date) {
  return {
    id,
    what: agent ?? (kind === 'api' ? PERSON.program : PERSON.browser),
    seen: lastSeen(Math.floor((now.getTime() - last_seen_at.getTime()) / HOUR_MS)),
    isThisOne,
  };
}

function lineOf({ id, event, seats, status }: Visit) {
  return {
    id,
    title: event.title,
    path: `/organise/events/${event.id}/roster`,
    startsAt: event.date_time.toISOString(),
    when: wallClock(event.date_time, event.duration, event.time_zone),
    zone: zoneInWords(event.time_zone),
    places: PERSON.places(seats),
    status: ROSTER.statuses[status],
  };
}
