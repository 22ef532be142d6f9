import { createToken } from '@samaya/platform/opaque-token.ts';
import pg from 'pg';

/** Somebody who is signed in. */
export interface CrowdPerson {
  userId: number;
  token: string;
}

/** A studio with people who want to book, written straight into booking's database. */
export interface Crowd {
  facilitatorId: number;
  eventIds: number[];
  /** Each person's id and API token. */
  people: CrowdPerson[];
}

/** Makes one facilitator, an event for each entry of `places` (its capacity), and `people` signed-in people. */
export async function createCrowd(
  databaseUrl: string,
  { places, people }: { places: number[]; people: number },
): Promise<Crowd> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const facilitatorId = await addFacilitator(client);
    return {
      facilitatorId,
      eventIds: await addEvents(client, facilitatorId, places),
      people: await addPeople(client, people),
    };
  } finally {
    await client.end();
  }
}

export async function addFacilitator(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    "insert into facilitators (name, email) values ('Maya Lind', 'maya@studio.example') returning id",
  );
  return Number(rows[0]?.id);
}

/** Adds an event for each entry of `places`, in three days. */
export async function addEvents(client: pg.Client, facilitatorId: number, places: readonly number[]) {
  const { rows } = await client.query<{ id: number }>(
    `insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id)
     select 'Evening circle ' || n, 'Sit, breathe, listen.', 'session', now() + interval '3 days', 60, room, 12.5, $2
     from unnest($1::int[]) with ordinality as wanted (room, n) returning id`,
    [places, facilitatorId],
  );
  return rows.map((row) => row.id);
}

/** Adds people who are signed in. */
export async function addPeople(client: pg.Client, count: number): Promise<CrowdPerson[]> {
  const users = await client.query<{ id: number }>(
    `insert into users (name, email, password)
     select 'Person ' || n, gen_random_uuid() || '@crowd.example', '!' from generate_series(1, $1::int) n returning id`,
    [count],
  );
  const signedIn = users.rows.map((row) => ({ userId: row.id, ...createToken() }));
  await client.query(
    `insert into sign_ins (secret_hash, kind, user_id, expires_at)
     select hash, 'api', id, now() + interval '1 day' from unnest($1::bytea[], $2::int[]) as made (hash, id)`,
    [signedIn.map((person) => person.hash), signedIn.map((person) => person.userId)],
  );
  return signedIn.map(({ userId, token }) => ({ userId, token }));
}
