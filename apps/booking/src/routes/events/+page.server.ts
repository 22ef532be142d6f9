import { redirect } from '@sveltejs/kit';
import { listEventChoices } from '#server/events/list-event-choices.ts';
import { dayOf } from '../../words/calendar-days.ts';
import { zoneInWords } from '../../words/wall-clock.ts';
import type { PageServerLoad } from './$types';
import { addressWith, dateChips, readEventQuery, readView, searchOf, spanOf, type View } from './event-filter.ts';
import { EVENT_LIST, eventsInWords, showInWords } from './event-list-texts.ts';
import { pillsOf } from './event-pills.ts';
import { filterFieldsOf, keptFieldsOf } from './filter-form.ts';
import { loadList } from './list-view.ts';
import { loadMonth } from './month-view.ts';
import type { Viewing } from './viewing.ts';
import { loadWeek } from './week-view.ts';

const LOADS = { list: loadList, week: loadWeek, month: loadMonth } as const;

export const load: PageServerLoad = async ({ locals, url }) => {
  const { db } = locals.app;
  const { timeZone, currency } = locals.studio;
  const params = url.searchParams;
  const today = dayOf(new Date(), timeZone);
  const chips = dateChips(today);
  const when = params.get('when');
  if (when !== null) {
    const { from, to } = chips.find(({ name }) => name === when) ?? {};
    redirect(307, addressWith(params, { when: undefined, from, to }));
  }
  const query = readEventQuery(params);
  const view = readView(params);
  const viewing: Viewing = { db, params, query, timeZone, today };
  const [choices, shown] = await Promise.all([
    listEventChoices(db, searchOf(spanOf(query, view, today))),
    LOADS[view](viewing),
  ]);
  const { from, to, ...anyDay } = query;
  return {
    view,
    shown,
    q: query.q ?? '',
    from: from ?? '',
    to: to ?? '',
    priceMost: query.price_max?.toString() ?? '',
    isAvailable: query.available ?? false,
    fields: filterFieldsOf(query, choices),
    kept: keptFieldsOf(query, view),
    count: eventsInWords(choices),
    isCounted: choices.total > 0,
    show: showInWords(choices),
    tabs: tabsOf(view, params),
    chips: chips.map((chip) => {
      const isChosen = view === 'list' && from === chip.from && to === chip.to;
      const span = isChosen ? { from: undefined, to: undefined } : { from: chip.from, to: chip.to };
      return { label: chip.label, isChosen, href: addressWith(params, { view: undefined, ...span }) };
    }),
    pills: pillsOf(view === 'list' ? query : anyDay, { params, facilitators: choices.facilitator_id, currency }),
    clear: addressWith(new URLSearchParams(), view === 'list' ? {} : { view }),
    feed: addressWith(params, { view: undefined, from: undefined, to: undefined }).replace('/events', '/events.ics'),
    isPlain: params.size === 0,
    zone: zoneInWords(timeZone),
    currency,
  };
};

function tabsOf(view: View, params: URLSearchParams) {
  const tabs: [View, string][] = [
    ['list', EVENT_LIST.list],
    ['week', EVENT_LIST.week],
    ['month', EVENT_LIST.month],
  ];
  return tabs.map(([name, label]) => ({
    label,
    isCurrent: name === view,
    href: addressWith(params, {
      view: name === 'list' ? undefined : name,
      ...(name === 'list' ? {} : { to: undefined }),
    }),
  }));
}
