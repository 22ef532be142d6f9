import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres } from '@samaya/platform/embedded-postgres.ts';
import { freePort } from '@samaya/platform/test-port.ts';
import { createHistory, type Deed, readBooksAt } from './booking-history.ts';
import { findDifferences, rowsOf, waitUntilTold } from './both-databases.ts';
import { checkHistory, resolveUnknown, type Verdict } from './check-history.ts';
import { createCrowd } from './crowd.ts';
import { type RunningApp, startBooking, startCrm } from './processes.ts';
import { type Random, randomOf } from './random.ts';

/** What is done to the processes while people book. */
export type Blow = 'kill booking' | 'freeze booking' | 'kill crm' | 'freeze crm' | 'kill postgres' | 'freeze postgres';

export interface CrashRun {
  seed: number;
  /** How long people book. */
  seconds: number;
  /** The blows, one after the other, in a random order. */
  blows: readonly Blow[];
  /** Requests a second, about. */
  perSecond?: number;
  postgres?: Record<string, string>;
}

export interface CrashOutcome {
  verdict: Verdict;
  /** What the databases contradict each other in. */
  differences: string[];
  /** Messages that never reached CRM. */
  waiting: number;
  /** For the record: what happened. */
  summary: string;
}

const PEOPLE = 200;
const PLACES = [20, 20, 40, 40, 80];
const LANES = 12;
const ENOUGH_SECONDS = 120;
const FREEZE_MS = 1500;

/** Two booking processes, CRM and a PostgreSQL of their own, under load and blows; then the history is checked. */
export async function runThroughBlows(run: CrashRun): Promise<CrashOutcome> {
  const site = await openSite(run.postgres ?? {});
  return await bookThroughBlows(run, site).finally(() => site.close());
}

async function bookThroughBlows(run: CrashRun, site: Site): Promise<CrashOutcome> {
  const random = randomOf(run.seed);
  const { people, eventIds } = await createCrowd(site.urls.booking, { places: PLACES, people: PEOPLE });
  // What was made until here stands, also where PostgreSQL is set to promise nothing.
  await rowsOf(site.urls.booking, 'checkpoint');
  const history = createHistory();
  const until = performance.now() + run.seconds * 1000;
  const pauseMs = (LANES * 1000) / (run.perSecond ?? 100);

  /** Each lane has people of its own, so that one person does one thing at a time. */
  async function runLane(lane: number): Promise<void> {
    const own = people.filter((_, n) => n % LANES === lane);
    const booked: Deed[] = [];
    for (let n = 0; performance.now() < until; n++) {
      const person = random.pick(own);
      const door = () => ({ url: site.doorUrl(random.below(2)), token: person.token });
      const mine = booked.filter(({ userId }) => userId === person.userId);
      if (mine.length > 0 && random.below(10) < 4) {
        const deed = random.pick(mine);
        const cancelled = await history.cancel(door(), deed);
        if (cancelled.outcome === 'ok') booked.splice(booked.indexOf(deed), 1);
      } else {
        const wish = { userId: person.userId, eventId: random.pick(eventIds), seats: 1 + random.below(3) };
        const deed = await bookUntilKnown(wish, `${lane}-${n}`, door);
        if (deed.outcome === 'ok') booked.push(deed);
      }
      await sleep(random.below(2 * pauseMs));
    }
  }

  /** Most people ask again until they know; some give up after the first try, and some never send a key. */
  async function bookUntilKnown(
    wish: { userId: number; eventId: number; seats: number },
    key: string,
    door: () => { url: string; token: string },
  ): Promise<Deed> {
    const sent = random.below(10) < 8 ? { ...wish, key } : wish;
    const patience = 'key' in sent ? random.below(20) : 0;
    let deed = await history.book(door(), sent);
    for (let tries = 0; deed.outcome === 'unknown' && tries < patience; tries++) {
      await sleep(100);
      deed = await history.book(door(), sent);
    }
    return deed;
  }

  const blows = random.shuffle(run.blows);
  async function strike(): Promise<void> {
    for (const blow of blows) {
      await sleep(((run.seconds * 1000) / (blows.length + 1)) * (0.5 + random.below(1000) / 1000));
      await site.strike(blow, random);
    }
  }

  await Promise.all([strike(), ...Array.from({ length: LANES }, (_, lane) => runLane(lane))]);
  await site.mend();
  const waiting = await waitUntilTold(site.urls.booking, ENOUGH_SECONDS);
  const books = await readBooksAt(site.urls.booking);
  const acknowledged = new Set(history.deeds.flatMap(promisedBy));
  const differences = await findDifferences({
    bookingUrl: site.urls.booking,
    crmUrl: site.urls.crm,
    acknowledged: [...acknowledged],
  });
  const count = (outcome: Deed['outcome']) => history.deeds.filter((deed) => deed.outcome === outcome).length;
  const { kept, gone } = resolveUnknown(history.deeds, books);
  return {
    verdict: checkHistory(history.deeds, books),
    differences,
    waiting,
    summary: `${blows.join(', ')}: ${count('ok')} ok, ${count('refused')} refused, ${count('unknown')} unknown (${kept} of them kept, ${gone} not)`,
  };
}

function promisedBy({ does, outcome, bookingId }: Deed): number[] {
  return does === 'book' && outcome === 'ok' && bookingId !== undefined ? [bookingId] : [];
}

type Site = Awaited<ReturnType<typeof openSite>>;

async function openSite(settings: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'samaya-crash-'));
  const port = String(await freePort());
  const startPostgres = () => startEmbeddedPostgres({ folder, settings: { ...settings, port } });
  let server = await startPostgres();
  const pointer = join(folder, 'location');
  const location = existsSync(pointer) ? readFileSync(pointer, 'utf8') : folder;
  for (const name of ['booking', 'crm']) await rowsOf(server.superuserUrl('postgres'), `create database ${name}`);
  const urls = { booking: server.superuserUrl('booking'), crm: server.superuserUrl('crm') };
  const ports = { doors: [await freePort(), await freePort()], crm: await freePort() };
  const startDoor = (n: number) =>
    startBooking({
      database: { ownerUrl: urls.booking, appUrl: urls.booking },
      port: Number(ports.doors[n]),
      otherUrl: `http://localhost:${ports.crm}`,
    });
  const openCrm = () =>
    startCrm({
      database: { ownerUrl: urls.crm, appUrl: urls.crm },
      port: ports.crm,
      otherUrl: `http://localhost:${ports.doors[0]}`,
    });
  const doors: RunningApp[] = [await startDoor(0), await startDoor(1)];
  let crm = await openCrm();

  async function freeze(pid: number): Promise<void> {
    process.kill(pid, 'SIGSTOP');
    await sleep(FREEZE_MS);
    process.kill(pid, 'SIGCONT');
  }

  return {
    urls,
    doorUrl: (n: number) => String(doors[n]?.url),
    async strike(blow: Blow, random: Random): Promise<void> {
      const n = random.below(2);
      if (blow === 'kill booking') {
        await doors[n]?.kill();
        doors[n] = await startDoor(n);
      } else if (blow === 'freeze booking') await freeze(Number(doors[n]?.pid));
      else if (blow === 'kill crm') {
        await crm.kill();
        crm = await openCrm();
      } else if (blow === 'freeze crm') await freeze(crm.pid);
      else if (blow === 'kill postgres') {
        process.kill(server.pid, 'SIGKILL');
        server = await startPostgres();
      }
      // All of its processes, as when the machine stops for a while.
      else await freeze(-server.pid);
    },
    async close(): Promise<void> {
      await Promise.all([...doors, crm].map((app) => app.kill()));
      await server.stop();
      rmSync(location, { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
    /** Lets CRM be asked at once: it may have been away. */
    async mend(): Promise<void> {
      await rowsOf(urls.booking, 'update outbox_destinations set probe_at = now() where down_since is not null');
    },
  };
}
