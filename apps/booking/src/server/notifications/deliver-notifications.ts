import { DELIVERY_MAX_BYTES, DELIVERY_MAX_MESSAGES, type Message } from '@samaya/booking-notification/message.ts';
import { composeMessage } from './compose-message.ts';
import { deliverDue } from './deliver-due.ts';
import { markUp } from './destination-queries.ts';
import { noteAway, noteGone, noteRefused } from './note-failure.ts';
import type { ClaimedRow, Outlet } from './outbox.ts';
import { markDead, markDelivered, markUnanswered, releaseRows } from './outbox-queries.ts';
import { type PostResult, postDelivery } from './post-delivery.ts';

/** The way to CRM. */
export interface CrmOutlet extends Outlet {
  /** Where messages go: an address with a path. */
  url: string;
  secrets: readonly string[];
  fetch?: typeof fetch;
  /** Milliseconds that the destination has for a whole answer; 15 s when left out, and never more. */
  answerMs?: number;
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

/** Delivers one claim of notifications to CRM; answers and throws as `deliverDue` does. */
export async function deliverNotifications(outlet: CrmOutlet, stop: AbortSignal): Promise<{ isMoreLikely: boolean }> {
  return await deliverDue(outlet, {
    limit: DELIVERY_MAX_MESSAGES,
    leaseSeconds: LEASE_SECONDS,
    deliver: (rows, isProbe) => createDelivery(outlet, stop, isProbe).deliver(rows),
  });
}

function createDelivery(outlet: CrmOutlet, stop: AbortSignal, isProbe: boolean) {
  const { db, log, clock, destination } = outlet;
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
      else await markDead(db, row, { reason: fault, now: outlet.now?.() });
    }
    // What was refused before goes alone, after the others, so that it holds nobody up.
    for (const batch of inBodies(sayable.filter(({ row }) => row.refusals === 0))) await send(batch);
    for (const one of sayable.filter(({ row }) => row.refusals > 0)) await send([one]);
    if (suspects.length > 0) await settleSuspects();
  }

  async function send(batch: readonly Sayable[]): Promise<void> {
    const rows = batch.map(({ row }) => row);
    if (isOver || stop.aborted || performance.now() - began > LAST_POST_MS) {
      return await releaseRows(db, rows, outlet.now?.());
    }
    const result = await postDelivery(
      batch.map(({ message }) => message),
      {
        url: outlet.url,
        secrets: outlet.secrets,
        fetch: outlet.fetch ?? fetch,
        now: clock(),
        signal: stop,
        answerMs: outlet.answerMs ?? ANSWER_MS,
      },
    );
    if (stop.aborted && result.kind === 'away') return await releaseRows(db, rows, outlet.now?.());
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
        await noteGone(outlet, rows);
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
    const delivered = await markDelivered(db, arrived, { destination, now: outlet.now?.() });
    outlet.onDelivered?.(delivered);
    for (const row of rows) {
      const given = outcomeOf.get(row.id);
      if (!given) await refuse([row], 'got no outcome');
      else if (given.outcome === 'rejected') {
        const reason = `rejected: ${given.reason ?? 'no reason given'}`.slice(0, 500);
        await markDead(db, row, { reason, now: outlet.now?.() });
        log.error({ message_id: row.id, reason }, 'a notification was rejected');
      }
    }
  }

  /** A probe that was answered about its message, well or not, found the destination alive. */
  async function noteAlive(): Promise<void> {
    if (isProbe) await markUp(db, destination, outlet.now?.());
  }

  async function sendHalves(batch: readonly Sayable[]): Promise<void> {
    const middle = Math.ceil(batch.length / 2);
    await send(batch.slice(0, middle));
    await send(batch.slice(middle));
  }

  async function refuse(rows: readonly ClaimedRow[], reason: string): Promise<void> {
    for (const row of rows) await noteRefused(outlet, row, reason);
  }

  async function settleSuspects(): Promise<void> {
    const rows = suspects.splice(0);
    const isTheirs = hasAnswered || (!isProbe && rows.every((row) => row.refusals > 0));
    if (isTheirs) await refuse(rows, 'answered 500');
    else await giveUp(rows, { reason: 'answered 500' });
  }

  async function giveUp(rows: readonly ClaimedRow[], away: { reason: string; retryAfterMs?: number }): Promise<void> {
    isOver = true;
    // Whatever answers here is not what takes messages.
    await (isProbe ? markUnanswered : releaseRows)(db, [...rows, ...suspects.splice(0)], outlet.now?.());
    await noteAway(outlet, { ...away, isProbe, startedAt });
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
