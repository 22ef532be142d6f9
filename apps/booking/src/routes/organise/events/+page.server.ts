import { mayRun, ORGANISED_STATES, type OrganisedState } from '#server/events/event.ts';
import { listOrganisedEvents } from '#server/events/list-organised-events.ts';
import { zoneInWords } from '../../../words/wall-clock.ts';
import { requireIdentity } from '../../require-identity.ts';
import { organisedEventOf } from '../organised-event.ts';
import type { PageServerLoad } from './$types';

const EVENTS_A_PAGE = 25;
const SEARCH_MOST = 200;

export const load: PageServerLoad = async ({ locals, url }) => {
  const identity = requireIdentity(locals);
  const state = stateOf(url.searchParams.get('state'));
  const search = (url.searchParams.get('q') ?? '').trim().slice(0, SEARCH_MOST).toWellFormed().replaceAll('\0', '');
  const after = url.searchParams.get('after') ?? undefined;
  const { items, next } = await listOrganisedEvents(
    locals.app.db,
    { state, search, after, limit: EVENTS_A_PAGE },
    identity,
  );
  const now = new Date();
  return {
    state,
    search,
    isFirstPage: after === undefined,
    isOrganiser: identity.isAdmin || identity.facilitatorId !== null,
    namesFacilitators: identity.isAdmin || identity.assists.length > 0,
    homeZone: zoneInWords(locals.studio.timeZone),
    events: items.map((event) => organisedEventOf(event, now, mayRun(identity, event))),
    states: ORGANISED_STATES.map((one) => ({ state: one, href: addressOf(one, search), isCurrent: one === state })),
    all: addressOf(state, ''),
    next: next && addressOf(state, search, next),
  };
};

function stateOf(asked: string | null): OrganisedState {
  return ORGANISED_STATES.find((state) => state === asked) ?? 'upcoming';
}

function addressOf(state: OrganisedState, search: string, after?: string): string {
  const query = new URLSearchParams({
    ...(state !== 'upcoming' && { state }),
    ...(search && { q: search }),
    ...(after && { after }),
  }).toString();
  return `/organise/events${query && `?${query}`}`;
}
