import type pg from 'pg';
import { addPeople, type BenchStudio, cookieOf, INSERT_EVENT, openBenchStudio, tokenOf } from './bench-studio.ts';
import { median, round2 } from './compare.ts';
import { putLoad, requestBytes } from './load.ts';

export interface GrowthRow {
  what: string;
  /** Milliseconds until 99 of 100 were answered, with little in the database and with much. */
  small: number;
  large: number;
  ratio: number;
  target: number;
}

export interface GrowthFigures {
  events: number;
  bookings: number;
  rows: GrowthRow[];
}

interface Size {
  events: number;
  people: number;
  bookings: number;
}

// As many bookings a person in both, since a longer page is no slower question.
const SMALL: Size = { events: 1000, people: 100, bookings: 10_000 };
const LARGE: Size = { events: 1_000_000, people: 100_000, bookings: 10_000_000 };
const ROUNDS = 5;
const MILLISECONDS = 2000;
const CLIENTS = 4;
const WORDS = ['yin', 'breath', 'forest', 'silence', 'moon', 'clay', 'voice', 'river', 'tea', 'walk', 'sauna', 'loom'];
const PRACTICES = ['yin', 'breathwork', 'meditation', 'qigong', 'sound bath'];

/** The same questions to a small and to a large database, in rounds that take turns. */
export async function measureGrowth(scale: number): Promise<GrowthFigures> {
  const large = {
    events: Math.round(LARGE.events * scale),
    people: Math.round(LARGE.people * scale),
    bookings: Math.round(LARGE.bookings * scale),
  };
  process.stdout.write(`growth to ${large.events} events and ${large.bookings} bookings: filling …\n`);
  const studios = {
    small: await openBenchStudio({ fill: (client) => fill(client, SMALL) }),
    large: await openBenchStudio({ fill: (client) => fill(client, large) }),
  };
  try {
    const rows: GrowthRow[] = [];
    for (const [what, ask] of Object.entries(QUESTIONS)) {
      process.stdout.write(`${what} …\n`);
      const p99s: { small: number[]; large: number[] } = { small: [], large: [] };
      for (let round = 0; round < ROUNDS; round++) {
        p99s.small.push(await p99Of(studios.small, () => ask(SMALL)));
        p99s.large.push(await p99Of(studios.large, () => ask(large)));
      }
      const [small1, large1] = [median(p99s.small), median(p99s.large)];
      rows.push({ what, small: round2(small1), large: round2(large1), ratio: round2(large1 / small1), target: 2 });
    }
    return { events: large.events, bookings: large.bookings, rows };
  } finally {
    await studios.small.close();
    await studios.large.close();
  }
}

async function p99Of(studio: BenchStudio, next: () => Buffer): Promise<number> {
  const measured = await putLoad({ port: studio.booking.port, clients: CLIENTS, milliseconds: MILLISECONDS, next });
  if (Object.keys(measured.statuses).some((status) => status !== '200')) {
    throw new Error(`expected 200 only: ${JSON.stringify(measured.statuses)}`);
  }
  return measured.p99;
}

// A limit on the price that all events keep makes each question another one, which is not answered from bytes.
const anew = () => `price_max=${1000 + Math.floor(Math.random() * 1_000_000)}`;
const pick = <Item>(items: readonly Item[]) => items[Math.floor(Math.random() * items.length)] as Item;
const upTo = (most: number) => 1 + Math.floor(Math.random() * most);
const get = (path: string, headers: Record<string, string> = {}) => requestBytes('GET', path, { headers });
const as = (person: number) => ({ authorization: `Bearer ${tokenOf(person)}` });
const facilitatorOf = ({ people }: Size) => people + 1;

const QUESTIONS: Readonly<Record<string, (size: Size) => Buffer>> = {
  'list of events': () => get(`/api/v1/events?${anew()}`),
  'list of events, from a day on': () => get(`/api/v1/events?from=${dayAhead(upTo(20))}&${anew()}`),
  'list of events, one practice': () => get(`/api/v1/events?practice=${encodeURIComponent(pick(PRACTICES))}&${anew()}`),
  'list of events, evenings with places': () => get(`/api/v1/events?time_of_day=evening&available=true&${anew()}`),
  'search for a frequent word': () => get(`/api/v1/events?q=${pick(WORDS)}&${anew()}`),
  'search for two words': () => get(`/api/v1/events?q=${pick(WORDS)}%20${pick(WORDS)}&${anew()}`),
  'search for a rare word': () => get(`/api/v1/events?q=rarity${upTo(20)}&${anew()}`),
  'search for a word that is nowhere': () => get(`/api/v1/events?q=nowhere${upTo(1000)}&${anew()}`),
  'one event': ({ events }) => get(`/api/v1/events/${upTo(events)}`, as(1)),
  'my bookings, API': ({ people }) => {
    return get('/api/v1/bookings', as(upTo(people)));
  },
  'my bookings, page': ({ people }) => get('/bookings', { accept: 'text/html', cookie: cookieOf(upTo(people)) }),
  roster: (size) => get(`/api/v1/events/${upTo(size.events)}/bookings`, as(facilitatorOf(size))),
};

function dayAhead(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** Fills a database in one go each: triggers would take a night, so what they would have written is written here. */
async function fill(client: pg.Client, { events, people, bookings }: Size): Promise<void> {
  await addPeople(client, people);
  const words = `array['${WORDS.join("','")}']`;
  const practices = `array['${PRACTICES.join("','")}']`;
  await client.query(`
    set session_replication_role = replica;
    ${INSERT_EVENT.replace('facilitator_id)', 'facilitator_id, practice, seats_taken)')}
      select initcap((${words})[1 + n % ${WORDS.length}]) || ' and ' || (${words})[1 + n / 7 % ${WORDS.length}]
               || case when n % (${events} / 20) = 0 then ' rarity' || n / (${events} / 20) else '' end,
             'Come as you are, and bring a blanket.', case when n % 20 = 0 then 'retreat' else 'session' end,
             date_trunc('hour', now()) + interval '1 day' + n % 720 * interval '1 hour' + n / 720 * interval '1 minute',
             60, 1000, 10 + n % 50, 1, (${practices})[1 + n % ${PRACTICES.length}], 0
      from generate_series(1, ${events}) n;
    insert into event_search (event_id, words, date_time)
      select e.id, event_words(e, f.name), e.date_time from events e join facilitators f on f.id = e.facilitator_id;
    insert into bookings (user_id, event_id, booking_date, status)
      select 1 + n % ${people}, 1 + (n / ${people} * 7919 + n % ${people}) % ${events},
             now() - n % 1000 * interval '1 hour', case when n % 10 = 0 then 'cancelled' else 'confirmed' end
      from generate_series(0, ${bookings} - 1) n;
    update events e set seats_taken = counted.seats
      from (select event_id, sum(seats) as seats from bookings where holds_seat(status) group by event_id) counted
      where e.id = counted.event_id;
    set session_replication_role = origin`);
}
