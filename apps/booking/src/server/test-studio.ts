import { after } from 'node:test';
import { connect } from '@samaya/platform/database.ts';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { type Kysely, sql } from 'kysely';
import pg from 'pg';
import type { Identity } from '#server/accounts/identity.ts';
import type { DB } from '#server/database-types.ts';
import { waitPatiently } from './test-waiting.ts';

/** A studio for tests: a database of its own with one facilitator, and what is needed to fill it. */
export interface Studio {
  db: Kysely<DB>;
  pool: pg.Pool;
  /** Address as the role the application runs as. */
  appUrl: string;
  facilitatorId: number;
  /** Runs a statement as the role that owns the schema, e.g. to take a guard away. */
  asOwner(statement: string): Promise<void>;
  /** Adds people, each with a name and address of their own; answers their ids. */
  addUsers(count: number): Promise<number[]>;
  /** Adds an event by the data model's columns alone; it starts in a week. */
  addEvent(event?: { places?: number; startsIn?: string }): Promise<number>;
  seatsTaken(eventId: number): Promise<number>;
}

/** Opens a studio; it ends with the test file. */
export async function openStudio({ connections = 10, lockTimeoutMs = 30_000 } = {}): Promise<Studio> {
  const { appUrl, ownerUrl } = await createTestDatabase('booking');
  const {
    kysely: db,
    pool,
    close,
  } = connect<DB>(appUrl, {
    applicationName: 'test',
    max: connections,
    statementTimeoutMs: 30_000,
  });
  waitPatiently(pool, lockTimeoutMs);
  after(close);
  const facilitator = await db
    .insertInto('facilitators')
    .values({ name: 'Maya Lind', email: 'maya@studio.example' })
    .returning('id')
    .executeTakeFirstOrThrow();
  let people = 0;

  return {
    db,
    pool,
    appUrl,
    facilitatorId: facilitator.id,
    async asOwner(statement) {
      const owner = new pg.Client({ connectionString: ownerUrl });
      await owner.connect();
      await owner.query(statement).finally(() => owner.end());
    },
    async addUsers(count) {
      const rows = Array.from({ length: count }, () => {
        people++;
        return { name: `Person ${people}`, email: `person${people}@studio.example`, password: '!' };
      });
      const added = await db.insertInto('users').values(rows).returning('id').execute();
      return added.map((row) => row.id);
    },
    async addEvent({ places = 10, startsIn = '7 days' } = {}) {
      const { id } = await db
        .insertInto('events')
        .values({
          title: 'Yin by candlelight',
          description: 'Long, quiet holds.',
          event_type: 'session',
          date_time: sql<Date>`clock_timestamp() + ${startsIn}::interval`,
          duration: 75,
          max_participants: places,
          price: 18.5,
          facilitator_id: facilitator.id,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return id;
    },
    async seatsTaken(eventId) {
      const event = await db
        .selectFrom('events')
        .select('seats_taken')
        .where('id', '=', eventId)
        .executeTakeFirstOrThrow();
      return event.seats_taken;
    },
  };
}

/** A signed-in participant; `rights` make it a facilitator, an assistant or an admin. */
export function identityOf(
  userId: number,
  rights: { facilitatorId?: number; isAdmin?: boolean; assists?: number[] } = {},
): Identity {
  return {
    userId,
    name: 'Ana Reis',
    email: 'ana@studio.example',
    isProven: true,
    isAdmin: rights.isAdmin ?? false,
    facilitatorId: rights.facilitatorId ?? null,
    assists: rights.assists ?? [],
    signInId: 1,
    scopes: null,
  };
}

/** How many pieces of work had each outcome: `ok`, or the code of the error. */
export async function countOutcomes(work: readonly Promise<unknown>[]): Promise<Record<string, number>> {
  const outcomes: Record<string, number> = {};
  for (const settled of await Promise.allSettled(work)) {
    const outcome = settled.status === 'fulfilled' ? 'ok' : codeOf(settled.reason);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return outcomes;
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? String(error);
}
