import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { listMailLog } from '#server/mail/list-mail-log.ts';
import { MAIL_STATES, type MailLogEntry } from '#server/mail/mail-log.ts';
import { mailWay } from '#server/mail/mail-way.ts';
import { readOutbox } from '#server/notifications/measure-outbox.ts';
import type { DeadMessage, Destination, OutboxFigures } from '#server/notifications/outbox.ts';
import { listDead, replayDead } from '#server/notifications/replay-dead.ts';
import { momentInWords, zoneInWords } from '../../../words/wall-clock.ts';
import { requireIdentity } from '../../require-identity.ts';
import type { Actions, PageServerLoad } from './$types';
import { ENTRY, kindInWords, MESSAGES } from './messages-texts.ts';

const A_PAGE = 50;
const MOST_DEAD = 100;
const PATH = '/admin/messages';

export const load: PageServerLoad = async ({ locals, url }) => {
  const { db, config } = locals.app;
  const { timeZone } = locals.studio;
  const query = queryOf(url);
  const [mail, crm] = await Promise.all([readOutbox(db, 'mail'), readOutbox(db, 'crm')]);
  const isCrm = query.part === 'crm';
  return {
    isCrm,
    zone: zoneInWords(timeZone),
    deadCounts: { mail: mail.dead, crm: crm.dead },
    standing: standingOf(isCrm ? crm : mail, timeZone),
    mailWay: mailWay(config),
    again: z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number)
      .safeParse(url.searchParams.get('again')).data,
    log: isCrm ? undefined : await mailPage(locals, query),
    dead: isCrm
      ? (await listDead(db, { destination: 'crm', limit: MOST_DEAD })).map((row) => deadCard(row, timeZone))
      : [],
    mostDead: MOST_DEAD,
  };
};

export const actions: Actions = {
  /** Sends one message again, the ticked ones, or all that were given up. */
  async default({ locals, request, url }) {
    const query = queryOf(url);
    const form = await request.formData();
    const destination: Destination = query.part === 'crm' ? 'crm' : 'mail';
    const chosen = form.has('one') ? form.getAll('one') : form.getAll('id');
    const ids = chosen.flatMap((id) => z.uuid().safeParse(id).data ?? []);
    const isAll = form.has('all');
    if (!isAll && ids.length === 0) return fail(400, { message: MESSAGES.choose });
    const count = await replayDead(
      locals.app.db,
      { destination, ...(!isAll && { ids }) },
      { userId: requireIdentity(locals).userId, origin: locals.facts },
    );
    redirect(303, addressOf(query, { again: String(count) }));
  },
};

async function mailPage({ app, studio }: App.Locals, query: Query) {
  const { state, address, after } = query;
  const { items, next } = await listMailLog(app.db, { filter: { state, address }, after, limit: A_PAGE });
  return {
    state,
    address,
    mails: items.map((entry) => mailCard(entry, studio.timeZone)),
    newest: after === undefined ? undefined : addressOf({ ...query, after: undefined }),
    older: next === null ? undefined : addressOf({ ...query, after: next }),
  };
}

function mailCard(entry: MailLogEntry, timeZone: string) {
  const { id, state, recipient, eventTitle, lastError, refusals } = entry;
  return {
    id,
    state,
    about: [kindInWords(entry.kind), eventTitle].filter(Boolean).join(' · '),
    to: recipient === null ? ENTRY.erased : ENTRY.to(recipient),
    at: entry.occurredAt.toISOString(),
    moment: momentInWords(entry.occurredAt, timeZone),
    reason: [lastError?.replace(/^not needed: /, ''), refusals > 0 && ENTRY.tries(refusals)].filter(Boolean).join(', '),
    nextTry: state === 'waiting' && refusals > 0 ? ENTRY.nextTry(momentInWords(entry.nextTryAt, timeZone)) : undefined,
  };
}

function deadCard({ id, kind, booking_id, occurred_at, last_error }: DeadMessage, timeZone: string) {
  return {
    id,
    about: booking_id === null ? kind : `${ENTRY.booking(booking_id)} · ${kind}`,
    at: occurred_at.toISOString(),
    moment: momentInWords(occurred_at, timeZone),
    reason: last_error ?? '',
  };
}

function standingOf({ waiting, isUp, downSince, downReason }: OutboxFigures, timeZone: string) {
  return { waiting, isUp, since: downSince ? momentInWords(downSince, timeZone) : '', reason: downReason };
}

type Query = z.infer<typeof querySchema>;

// What is no such thing is left out, as if it had not been asked for.
const querySchema = z.object({
  part: z.enum(['mail', 'crm']).catch('mail'),
  state: z.enum(MAIL_STATES).optional().catch(undefined),
  address: z
    .string()
    .transform((value) => value.trim().slice(0, 120) || undefined)
    .optional(),
  after: z.string().optional(),
});

function queryOf(url: URL): Query {
  return querySchema.parse(Object.fromEntries(url.searchParams));
}

function addressOf({ part, state, address, after }: Query, more: Record<string, string> = {}): string {
  const given = {
    ...(part === 'crm' && { part }),
    ...(state && { state }),
    ...(address && { address }),
    ...(after && { after }),
  };
  const search = new URLSearchParams({ ...given, ...more }).toString();
  return search === '' ? PATH : `${PATH}?${search}`;
}
