import {
  type BookingMessage,
  bookingMessageSchema,
  type DeliveryAnswer,
  type Message,
  messageSchema,
} from '@samaya/booking-notification/message.ts';
import { sqlState } from '@samaya/platform/database.ts';
import type { Kysely, Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { endSignInsOfFacilitator, endSignInsOfUser } from '#server/sign-in/end-sign-ins.ts';
import { erasePerson, insertMessages, insertPeopleMessage, lockTouched, renamePerson } from './intake-queries.ts';

type Outcome = DeliveryAnswer['outcomes'][number];

// Class 22: data the database cannot hold, such as a NUL in a text.
const DATA_FAULT = /^22/;

/**
 * Takes in what one POST carried, in one transaction, and answers an outcome for each message in the order sent.
 * A message that cannot be read or kept is `rejected` with the reason and spoils no other; a message whose id is
 * known is a `duplicate`; one that is older than what is known of its booking is kept as `superseded`. Throws when
 * nothing could be decided, and then nothing was kept.
 */
export async function receiveNotifications(db: Kysely<DB>, notifications: readonly unknown[]): Promise<Outcome[]> {
  const read = notifications.map(readMessage);
  const readable = read.flatMap((one) => (one.message ? [one.message] : []));
  const outcomes = await keepAll(db, readable);
  return read.map(({ message, refusal }) => {
    if (refusal) return refusal;
    return outcomes.get(message.message_id) ?? rejected(message.message_id, 'it could not be kept');
  });
}

type Reading = { message: Message; refusal?: undefined } | { message?: undefined; refusal: Outcome };

function readMessage(given: unknown): Reading {
  const parsed = messageSchema.safeParse(given);
  if (parsed.success) return { message: parsed.data };
  // The union's own words say little; what matters is what a booking message lacks.
  const fault = bookingMessageSchema.safeParse(given).error?.issues[0];
  const where = fault?.path.join('.');
  return { refusal: rejected(idOf(given), where ? `${where}: ${fault?.message}` : 'it is no message of a known kind') };
}

function idOf(given: unknown): string {
  const id = typeof given === 'object' && given !== null && 'message_id' in given ? given.message_id : undefined;
  return typeof id === 'string' ? id.slice(0, 100) : 'unknown';
}

function rejected(message_id: string, reason: string): Outcome {
  return { message_id, outcome: 'rejected', reason };
}

async function keepAll(db: Kysely<DB>, messages: readonly Message[]): Promise<Map<string, Outcome>> {
  try {
    return await keep(db, messages);
  } catch (error) {
    if (!DATA_FAULT.test(sqlState(error) ?? '')) throw error;
  }
  const outcomes = new Map<string, Outcome>();
  for (const message of messages) outcomes.set(message.message_id, await keepOne(db, message));
  return outcomes;
}

async function keepOne(db: Kysely<DB>, message: Message): Promise<Outcome> {
  try {
    const outcomes = await keep(db, [message]);
    return outcomes.get(message.message_id) ?? rejected(message.message_id, 'it could not be kept');
  } catch (error) {
    if (!DATA_FAULT.test(sqlState(error) ?? '')) throw error;
    return rejected(message.message_id, error instanceof Error ? error.message : 'it could not be kept');
  }
}

async function keep(db: Kysely<DB>, messages: readonly Message[]): Promise<Map<string, Outcome>> {
  const aboutBookings = messages.filter((message) => 'booking_id' in message);
  const aboutPeople = messages.filter((message) => !('booking_id' in message));
  // What a rush is made of is one statement, and needs no more.
  if (aboutPeople.length === 0) return await keepAboutBookings(db, aboutBookings);
  return await db.transaction().execute(async (trx) => {
    await lockTouched(trx, {
      userIds: messages.flatMap((message) => ('user_id' in message ? [message.user_id] : [])),
      facilitatorIds: aboutBookings.map((message) => message.facilitator_id),
      changedUserIds: aboutPeople.flatMap((message) => ('user_id' in message ? [message.user_id] : [])),
    });
    const outcomes = await keepAboutBookings(trx, aboutBookings);
    for (const message of aboutPeople) {
      const { message_id } = message;
      const isNew = await insertPeopleMessage(trx, message);
      outcomes.set(message_id, { message_id, outcome: isNew ? await follow(trx, message) : 'duplicate' });
    }
    return outcomes;
  });
}

async function keepAboutBookings(db: Kysely<DB>, messages: readonly BookingMessage[]): Promise<Map<string, Outcome>> {
  // One POST may hold a message twice; the database is given each once.
  const distinct = new Map(messages.map((message) => [message.message_id, message]));
  const stored = await insertMessages(db, [...distinct.values()]);
  const isSuperseded = new Map(stored.map((row) => [row.message_id, row.superseded]));
  const outcomes = new Map<string, Outcome>();
  for (const message_id of distinct.keys()) {
    const superseded = isSuperseded.get(message_id);
    const outcome = superseded === undefined ? 'duplicate' : superseded ? 'superseded' : 'stored';
    outcomes.set(message_id, { message_id, outcome });
  }
  return outcomes;
}

async function follow(
  trx: Transaction<DB>,
  message: Exclude<Message, BookingMessage>,
): Promise<'stored' | 'superseded'> {
  if (message.kind === 'facilitator.changed') {
    // Who may act for this facilitator may be somebody else now; booking is asked anew.
    await endSignInsOfFacilitator(trx, message.facilitator_id);
    return 'stored';
  }
  const { user_id: userId, occurred_at: changedAt } = message;
  if (message.kind === 'user.changed') {
    const person = { userId, name: message.user_name, email: message.user_email, changedAt };
    return (await renamePerson(trx, person)) ? 'stored' : 'superseded';
  }
  if (message.kind === 'user.erased') await erasePerson(trx, userId);
  await endSignInsOfUser(trx, userId);
  return 'stored';
}
