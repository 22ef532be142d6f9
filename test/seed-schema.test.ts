import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type AppName, createTestDatabase } from '@samaya/platform/test-database.ts';
import pg from 'pg';

type Family = 'integer' | 'string' | 'text' | 'time' | 'float' | 'boolean';

interface Column {
  name: string;
  family: Family;
  length?: number;
  nullable?: boolean;
  unique?: boolean;
  /** What a row gets that does not say. */
  initially?: 'now' | string;
  references?: string;
}

/** The data model the product implements: five tables, to the letter. Other columns are ours. */
const MODEL: Readonly<Record<AppName, Readonly<Record<string, readonly Column[]>>>> = {
  booking: {
    users: [
      { name: 'id', family: 'integer' },
      { name: 'name', family: 'string', length: 100 },
      { name: 'email', family: 'string', length: 120, unique: true },
      { name: 'password', family: 'string', length: 200 },
      { name: 'google_id', family: 'string', length: 100, nullable: true },
      { name: 'created_at', family: 'time', initially: 'now' },
    ],
    facilitators: [
      { name: 'id', family: 'integer' },
      { name: 'name', family: 'string', length: 100 },
      { name: 'email', family: 'string', length: 120, unique: true },
      { name: 'bio', family: 'text', nullable: true },
      { name: 'specialties', family: 'string', length: 200, nullable: true },
    ],
    events: [
      { name: 'id', family: 'integer' },
      { name: 'title', family: 'string', length: 200 },
      { name: 'description', family: 'text' },
      { name: 'event_type', family: 'string', length: 50 },
      { name: 'date_time', family: 'time' },
      { name: 'duration', family: 'integer' },
      { name: 'max_participants', family: 'integer' },
      { name: 'price', family: 'float' },
      { name: 'facilitator_id', family: 'integer', references: 'facilitators' },
      { name: 'is_active', family: 'boolean', initially: 'true' },
    ],
    bookings: [
      { name: 'id', family: 'integer' },
      { name: 'user_id', family: 'integer', references: 'users' },
      { name: 'event_id', family: 'integer', references: 'events' },
      { name: 'booking_date', family: 'time', initially: 'now' },
      { name: 'status', family: 'string', length: 20, initially: 'confirmed' },
    ],
  },
  crm: {
    booking_notifications: [
      { name: 'id', family: 'integer' },
      { name: 'booking_id', family: 'integer' },
      { name: 'user_name', family: 'string', length: 100 },
      { name: 'user_email', family: 'string', length: 120 },
      { name: 'event_title', family: 'string', length: 200 },
      { name: 'event_date', family: 'time' },
      { name: 'facilitator_id', family: 'integer' },
      { name: 'received_at', family: 'time', initially: 'now' },
      { name: 'processed', family: 'boolean', initially: 'false' },
    ],
  },
};

const FAMILIES: Readonly<Record<string, Family>> = {
  smallint: 'integer',
  integer: 'integer',
  bigint: 'integer',
  'character varying': 'string',
  text: 'text',
  'timestamp with time zone': 'time',
  'double precision': 'float',
  boolean: 'boolean',
};

const pools = { booking: await openPool('booking'), crm: await openPool('crm') };

async function openPool(app: AppName): Promise<pg.Pool> {
  const { appUrl } = await createTestDatabase(app);
  const pool = new pg.Pool({ connectionString: appUrl });
  pool.on('error', () => undefined);
  after(() => pool.end());
  return pool;
}

/** What the catalogue says of a table, in the words of the model. */
async function describeTable(pool: pg.Pool, table: string) {
  const { rows } = await pool.query(
    `select a.attname as name, split_part(format_type(a.atttypid, null), '(', 1) as type,
       case when a.atttypmod > 4 then a.atttypmod - 4 end as length, not a.attnotnull as nullable,
       a.attidentity <> '' or d.adbin is not null as initial,
       coalesce(pg_get_expr(d.adbin, d.adrelid), '') as default_expression, a.attidentity::text as identity,
       exists (select 1 from pg_index i where i.indrelid = a.attrelid and i.indisprimary and i.indkey::text = a.attnum::text) as is_primary,
       exists (select 1 from pg_index i where i.indrelid = a.attrelid and i.indisunique and not i.indisprimary
         and i.indpred is null and i.indkey::text = a.attnum::text) as is_unique,
       (select o.confrelid::regclass::text from pg_constraint o
         where o.conrelid = a.attrelid and o.contype = 'f' and o.conkey = array[a.attnum]) as references
     from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped`,
    [table],
  );
  return new Map(rows.map((row) => [row.name as string, row]));
}

for (const app of ['booking', 'crm'] as const) {
  for (const [table, columns] of Object.entries(MODEL[app])) {
    test(`${table} has every column of the data model, as it is written there`, async () => {
      const found = await describeTable(pools[app], table);
      for (const column of columns) {
        const actual = found.get(column.name);
        assert.ok(actual, `${table}.${column.name} is missing`);
        const described = {
          family: FAMILIES[actual.type],
          length: actual.length ?? undefined,
          nullable: actual.nullable,
          isPrimary: actual.is_primary,
          isUnique: actual.is_unique,
          references: actual.references ?? undefined,
        };
        assert.deepEqual(
          described,
          {
            family: column.family,
            length: column.length,
            nullable: column.nullable ?? false,
            isPrimary: column.name === 'id',
            isUnique: column.unique ?? false,
            references: column.references,
          },
          `${table}.${column.name}`,
        );
        const expected = column.initially === 'now' ? 'now()' : (column.initially ?? '');
        assert.match(actual.default_expression, new RegExp(`^'?${RegExp.escape(expected)}('::character varying)?$`));
        assert.equal(actual.identity, column.name === 'id' ? 'd' : '', `${table}.${column.name}`);
      }
    });

    test(`${table} has no further column that an insert would have to know`, async () => {
      const ours = new Set(columns.map(({ name }) => name));
      const demanding = [...(await describeTable(pools[app], table)).values()].filter(
        ({ name, nullable, initial }) => !ours.has(name) && !nullable && !initial,
      );
      assert.deepEqual(demanding, []);
    });
  }
}

/** Inserts a row by the columns of the model alone and answers all of it. */
async function insert(app: AppName, table: string, row: Record<string, unknown>) {
  const known = new Set(MODEL[app][table]?.map(({ name }) => name));
  assert.deepEqual(
    Object.keys(row).filter((name) => !known.has(name)),
    [],
  );
  const { rows } = await pools[app].query(
    `insert into ${table} (${Object.keys(row)}) values (${Object.keys(row).map((_, index) => `$${index + 1}`)}) returning *`,
    Object.values(row),
  );
  return rows[0];
}

let people = 0;
const person = () => ({ name: 'Zoë Ångström', email: `zoe${++people}@example.org` });
const inAWeek = () => new Date(Date.now() + 7 * 86_400_000);

async function insertEvent(facilitator_id: number, more: Record<string, unknown> = {}) {
  return await insert('booking', 'events', {
    title: 'Sunrise breathing',
    description: 'Bring a blanket.',
    event_type: 'retreat',
    date_time: inAWeek(),
    duration: 90,
    max_participants: 2,
    price: 12.34,
    facilitator_id,
    ...more,
  });
}

test('rows go in knowing only the columns of the data model, and come back whole', async () => {
  const user = await insert('booking', 'users', { ...person(), password: 'hash' });
  assert.ok(Math.abs(user.created_at.getTime() - Date.now()) < 60_000);
  assert.equal(user.google_id, null);
  const facilitator = await insert('booking', 'facilitators', person());
  const event = await insertEvent(facilitator.id);
  assert.deepEqual([event.is_active, event.price, event.seats_taken], [true, 12.34, 0]);
  const booking = await insert('booking', 'bookings', { user_id: user.id, event_id: event.id });
  assert.equal(booking.status, 'confirmed');
  const notification = await insert('crm', 'booking_notifications', {
    booking_id: booking.id,
    user_name: user.name,
    user_email: user.email,
    event_title: event.title,
    event_date: event.date_time,
    facilitator_id: facilitator.id,
  });
  assert.equal(notification.processed, false);
});

test('ids may be given, and each of the model’s columns', async () => {
  await insert('booking', 'users', { id: 5001, ...person(), password: 'x', google_id: 'g', created_at: new Date() });
  await insert('booking', 'facilitators', { id: 5002, ...person(), bio: 'Teaches.', specialties: 'yin' });
  await insertEvent(5002, { id: 5003, is_active: false });
  const booking = { id: 5004, user_id: 5001, event_id: 5003, booking_date: new Date(), status: 'cancelled' };
  assert.equal((await insert('booking', 'bookings', booking)).id, 5004);
  const message = {
    id: 5005,
    booking_id: 1,
    user_name: 'Zoë',
    user_email: 'zoe@example.org',
    event_title: 'Yin',
    event_date: new Date(),
    facilitator_id: 1,
    received_at: new Date(),
    processed: true,
  };
  assert.equal((await insert('crm', 'booking_notifications', message)).id, 5005);
});

test('a booking put in so is counted, limited and told of', async () => {
  const facilitator = await insert('booking', 'facilitators', person());
  const event = await insertEvent(facilitator.id, { max_participants: 2 });
  const users = [];
  for (let n = 0; n < 3; n++) users.push(await insert('booking', 'users', { ...person(), password: 'x' }));
  const [first, second, third] = users;
  const booking = await insert('booking', 'bookings', { user_id: first.id, event_id: event.id });
  await insert('booking', 'bookings', { user_id: second.id, event_id: event.id });
  await assert.rejects(insert('booking', 'bookings', { user_id: third.id, event_id: event.id }), { code: '23514' });
  await assert.rejects(insert('booking', 'bookings', { user_id: first.id, event_id: event.id }), { code: '23505' });
  const { rows } = await pools.booking.query(
    `select (select seats_taken from events where id = $1) as taken,
            (select count(*)::int from outbox where destination = 'crm' and event_id = $1) as messages,
            (select kind from outbox where destination = 'crm' and booking_id = $2) as kind`,
    [event.id, booking.id],
  );
  assert.deepEqual(rows, [{ taken: 2, messages: 2, kind: 'booking.confirmed' }]);
});

test('what the data model forbids is refused, and what its words imply', async () => {
  const facilitator = await insert('booking', 'facilitators', person());
  const wrong: [code: string, change: Record<string, unknown>][] = [
    ['23502', { title: null }],
    ['22001', { title: 'x'.repeat(201) }],
    ['23514', { event_type: 'party' }],
    ['23514', { price: Number.NaN }],
    ['23514', { price: Number.POSITIVE_INFINITY }],
    ['23514', { price: -1 }],
    ['23514', { price: 1.005 }],
    ['23503', { facilitator_id: 2_000_000_000 }],
    ['23514', { max_participants: -1 }],
    ['23514', { duration: 0 }],
  ];
  for (const [code, change] of wrong) {
    await assert.rejects(insertEvent(facilitator.id, change), { code }, JSON.stringify(change));
  }
  const { email } = await insert('booking', 'users', { ...person(), password: 'x' });
  const shouted = { name: 'Zoë', email: email.toUpperCase(), password: 'x' };
  await assert.rejects(insert('booking', 'users', shouted), { code: '23505' });
});
