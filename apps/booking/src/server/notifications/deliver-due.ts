import { DELIVERY_MAX_BYTES, DELIVERY_MAX_MESSAGES, type Message } from '@samaya/booking-notification/message.ts';
import type { Clock } from '@samaya/platform/clock.ts';
import type { Log } from '@samaya/platform/log.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { composeMessage } from './compose-message.ts';
import { noteAway, noteGone, noteRefused } from './note-failure.ts';
import type { ClaimedRow } from './outbox.ts';
import { claimDue, markDead, markDelivered, markUp, releaseRows, returnProbe, takeProbe } from './outbox-queries.ts';
import { type PostResult, postDelivery } from './post-delivery.ts';

export interface RelayOptions {
  db: Kysely<DB>;
  /** Where messages go: an address with a path. */
  url: string;
  secrets: readonly string[];
  log: Log;
  fetch?: typeof fetch;
  /** The machine's time, which signatures carry. */
  clock: Clock;
  /** When messages are due; by the database's clock when left out. */
  now?: Clock;
  random?: () => number;
  /** Milliseconds that the destination has for a whole answer; 15 s when left out, and never more. */
  answerMs?: number;
  /** Told how many messages arrived. */
  onDelivered?: (count: number) => void;
}

/** A row and what is said of it. */
interface Sayable {
  row: ClaimedRow;
  message: Message;
  bytes: number;
}

const LEASE_SECONDS = 30;
const ANSWER_MS = 15_000;
/** No POST begins later than this after the claim, so that its end is still within the lease. */
const LAST_POST_MS = 14_000;

/**
 * Delivers one claim: takes what is due, sends it, and notes the outcome of each message. Answers whether there is
 * likely more. Throws only when the database is away; the rows are then due again when their lease ends.
 */
export async function deliverDue(options: RelayOptions, stop: AbortSignal): Promise<{ isMoreLikely: boolean }> {
  const now = () => options.now?.();
  const claim = (limit: number, isProbe: boolean) =>
    claimDue(options.db, { limit, leaseSeconds: LEASE_SECONDS, isProbe, now: now() });
  const rows = await claim(DELIVERY_MAX_MESSAGES, false);
  if (rows.length > 0) {
    await createDelivery(options, stop, false).deliver(rows);
    return { isMoreLikely: rows.length === DELIVERY_MAX_MESSAGES };
  }
  if (!(await takeProbe(options.db, now()))) return { isMoreLikely: false };
  const probe = await claim(1, true);
  if (probe.length === 0) await returnProbe(options.db, now());
  else await createDelivery(options, stop, true).deliver(probe);
  // Where the probe got through, everything that waited is due.
  return { isMoreLikely: probe.length > 0 };
}

function createDelivery(options: RelayOptions, stop: AbortSignal, isProbe: boolean) {
  const { db, log } = options;
  const random = options.random ?? Math.random;
  const { clock } = options;
  const startedAt = clock();
  const began = performance.now();
  /** Messages over which the destination broke while nothing else went through: it may be them, or it. */
  const suspects: ClaimedRow[] = [];
  let hasAnswered = false;
  let isOver = false;

  async function deliver(rows: readonly ClaimedRow[]): Promise<void> {
    const sayable: Sayable[] = [];
    for (const row of rows) {
      const { message, fault } = composeMessage(row);
      if (message) sayable.push({ row, message, bytes: Buffer.byteLength(JSON.stringify(message)) + 1 });
      else await markDead(db, row, { reason: fault, now: options.now?.() });
    }
    // What was refused before goes alone, after the others, so that it holds nobody up.
    for (const batch of inBodies(sayable.filter(({ row }) => row.refusals === 0))) await send(batch);
    for (const one of sayable.filter(({ row }) => row.refusals > 0)) await send([one]);
    if (suspects.length > 0) await settleSuspects();
  }

  async function send(batch: readonly Sayable[]): Promise<void> {
    const rows = batch.map(({ row }) => row);
    if (isOver || stop.aborted || performance.now() - began > LAST_POST_MS) {
      return await releaseRows(db, rows, options.now?.());
    }
    const result = await postDelivery(
      batch.map(({ message }) => message),
      {
        url: options.url,
        secrets: options.secrets,
        fetch: options.fetch ?? fetch,
        now: clock(),
        signal: stop,
        answerMs: options.answerMs ?? ANSWER_MS,
      },
    );
    if (stop.aborted && result.kind === 'away') return await releaseRows(db, rows, options.now?.());
    await settle(batch, result);
  }

  async function settle(batch: readonly Sayable[], result: PostResult): Promise<void> {
    const rows = batch.map(({ row }) => row);
    switch (result.kind) {
      case 'taken':
        return await settleTaken(rows, result.outcomes);
      case 'away':
        return await giveUp(rows, result);
      case 'gone':
        isOver = true;
        await noteGone(db, { rows, log, now: options.now?.() });
        return;
      case 'too-large':
        await noteAlive();
        if (batch.length > 1) return await sendHalves(batch);
        return await refuse(rows, 'is too large for the destination');
      case 'refused':
        if (!result.isCrash) {
          await noteAlive();
          return await refuse(rows, result.reason);
        }
        if (batch.length > 1) return await sendHalves(batch);
        suspects.push(...rows);
        // Two that were never refused before, and nothing that went through: it is the destination.
        if (!hasAnswered && suspects.length > 1) await settleSuspects();
    }
  }

  async function settleTaken(
    rows: readonly ClaimedRow[],
    outcomes: { message_id: string; outcome: string; reason?: string | undefined }[],
  ) {
    hasAnswered = true;
    await noteAlive();
    const outcomeOf = new Map(outcomes.map((outcome) => [outcome.message_id, outcome]));
    const arrived = rows.filter((row) => isArrival(outcomeOf.get(row.id)?.outcome));
    const delivered = await markDelivered(db, arrived, options.now?.());
    options.onDelivered?.(delivered);
    for (const row of rows) {
      const given = outcomeOf.get(row.id);
      if (!given) await refuse([row], 'got no outcome');
      else if (given.outcome === 'rejected') {
        const reason = `rejected: ${given.reason ?? 'no reason given'}`.slice(0, 500);
        await markDead(db, row, { reason, now: options.now?.() });
        log.error({ message_id: row.id, reason }, 'a notification was rejected');
      }
    }
  }

  /** A probe that was answered about its message, well or not, found the destination alive. */
  async function noteAlive(): Promise<void> {
    if (isProbe) await markUp(db, options.now?.());
  }

  async function sendHalves(batch: readonly Sayable[]): Promise<void> {
    const middle = Math.ceil(batch.length / 2);
    await send(batch.slice(0, middle));
    await send(batch.slice(middle));
  }

  async function refuse(rows: readonly ClaimedRow[], reason: string): Promise<void> {
    for (const row of rows) await noteRefused(db, row, { reason, random, log, now: options.now?.(), clock });
  }

  async function settleSuspects(): Promise<void> {
    const rows = suspects.splice(0);
    const isTheirs = hasAnswered || (!isProbe && rows.every((row) => row.refusals > 0));
    if (isTheirs) await refuse(rows, 'answered 500');
    else await giveUp(rows, { reason: 'answered 500' });
  }

  async function giveUp(rows: readonly ClaimedRow[], away: { reason: string; retryAfterMs?: number }): Promise<void> {
    isOver = true;
    // Whatever answers here is not what takes messages; the probe itself waits for its lease, so another asks next.
    if (!isProbe) await releaseRows(db, [...rows, ...suspects.splice(0)], options.now?.());
    await noteAway(db, { ...away, isProbe, startedAt, random, log, now: options.now?.() });
  }

  return { deliver };
}

function isArrival(outcome: string | undefined): boolean {
  return outcome === 'stored' || outcome === 'duplicate' || outcome === 'superseded';
}

/** Cuts a claim into bodies of at most DELIVERY_MAX_BYTES. */
function inBodies(sayable: readonly Sayable[]): Sayable[][] {
  const bodies: Sayable[][] = [];
  let room = 0;
  for (const one of sayable) {
    if (one.bytes > room) {
      bodies.push([]);
      room = DELIVERY_MAX_BYTES - '{"notifications":[]}'.length;
    }
    bodies.at(-1)?.push(one);
    room -= one.bytes;
  }
  return bodies;
}
