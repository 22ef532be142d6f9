import { createToken } from '@samaya/platform/opaque-token.ts';
import pg from 'pg';

/** A studio with people who want to book, written straight into booking's database. */
export interface Crowd {
  facilitatorId: number;
  eventIds: number[];
  /** Each person's id and API token. */
  people: { userId: number; token: string }[];
}

/** Makes one facilitator, an event for each entry of `places` (its capacity), and `people` signed-in people. */
export async function createCrowd(
  databaseUrl: string,
  { places, people }: { places: number[]; people: number },
): Promise<Crowd> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const facilitator = await client.query<{ id: number }>(
      "insert into facilitators (name, email) values ('Maya Lind', 'maya@studio.example') returning id",
    );
    const facilitatorId = Number(facilitator.rows[0]?.id);
    const events = await client.query<{ id: number }>(
      `insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id)
       select 'Evening circle ' || n, 'Sit, breathe, listen.', 'session', now() + interval '3 days', 60, room, 12.5, $2
       from unnest($1::int[]) with ordinality as wanted (room, n) returning id`,
      [places, facilitatorId],
    );
    const users = await client.query<{ id: number }>(
      `insert into users (name, email, password)
       select 'Person ' || n, 'person' || n || '@crowd.example', '!' from generate_series(1, $1::int) n returning id`,
      [people],
    );
    const signedIn = users.rows.map((row) => ({ userId: row.id, ...createToken() }));
    await client.query(
      `insert into sign_ins (secret_hash, kind, user_id, expires_at)
       select hash, 'api', id, now() + interval '1 day' from unnest($1::bytea[], $2::int[]) as made (hash, id)`,
      [signedIn.map((person) => person.hash), signedIn.map((person) => person.userId)],
    );
    return {
      facilitatorId,
      eventIds: events.rows.map((row) => row.id),
      people: signedIn.map(({ userId, token }) => ({ userId, token })),
    };
  } finally {
    await client.end();
  }
}
