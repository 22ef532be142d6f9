import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError, readConfig } from '@samaya/platform/config.ts';
import { connect, isDatabaseAway, sqlState } from '@samaya/platform/database.ts';
import { openDatabases } from '@samaya/platform/embedded-databases.ts';
import { migrate } from '@samaya/platform/migrate.ts';
import { completeConfig } from '@samaya/platform/secrets.ts';
import type { DB } from '#server/database-types.ts';
import { findActor } from '#server/imports/find-actor.ts';
import { ImportError } from '#server/imports/import-errors.ts';
import { importReport } from '#server/imports/import-report.ts';
import { importSchedule } from '#server/imports/import-schedule.ts';
import { NO_MAPPING, readMapping } from '#server/imports/mapping.ts';
import { kindOfFile, readSchedule } from '#server/imports/read-schedule.ts';
import { findZone } from '#server/imports/wall-clock.ts';
import { readStudio } from '#server/studio/read-studio.ts';

const USAGE = `Usage: npm run import -- <file.csv|file.ics> [options]

Lists what a schedule would bring: events created, changed, left alone, and rows refused with line, value and reason.

  --apply                 do it, in one transaction
  --skip-refused          with --apply: import the other rows although some are refused
  --mapping m.json        which columns mean what, formats, defaults (docs/import.md)
  --zone Europe/Lisbon    the zone of times that state none
  --move-to 2026-12-07    move all by whole weeks, so that the first event falls in the week of this day
  --from 2026-12-01       leave out what starts before this day
  --as ana@example.org    on behalf of this admin or facilitator
  --all                   list every row
`;
const MIGRATIONS = join(import.meta.dirname, '../migrations');
const PROGRESS_EVERY = 2000;

try {
  process.exitCode = await run();
} catch (error) {
  const sentence = knownSentence(error);
  if (sentence === undefined) throw error;
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}

async function run(): Promise<number> {
  const { file, values } = readArguments();
  const now = new Date();
  const zone = values.zone === undefined ? undefined : zoneNamed(values.zone);
  const moveTo = dayOf('--move-to', values['move-to']);
  const from = dayOf('--from', values.from);
  const bytes = await readInput(file);
  const mapping =
    values.mapping === undefined ? NO_MAPPING : readMapping((await readInput(values.mapping)).toString('utf8'));

  const config = readConfig();
  const { ownerUrl, appUrl, close } = await openBooking(config);
  try {
    await migrate({ url: ownerUrl, folder: MIGRATIONS, applicationRole: new URL(appUrl).username });
    const database = connect<DB>(appUrl, { applicationName: 'samaya-import', max: 2, statementTimeoutMs: 120_000 });
    try {
      const actor = await findActor(database.kysely, values.as, config.adminEmails);
      const studio = await readStudio(database.kysely);
      const schedule = readSchedule(bytes, {
        kind: kindOfFile(file),
        mapping,
        zone,
        studio,
        hasOwnFacilitator: actor.kind === 'facilitator',
        endlessFrom: moveTo ? undefined : (from ?? Temporal.Now.plainDateISO()),
        onProgress: showProgress,
      });
      const isApply = values.apply ?? false;
      const result = await importSchedule(database.kysely, schedule, {
        actor,
        now,
        moveTo,
        from,
        studio,
        apply: isApply,
        skipRefused: values['skip-refused'] ?? false,
      });
      process.stdout.write(
        importReport(result, {
          file: basename(file),
          rowCount: schedule.rowCount,
          isApply,
          showsAll: values.all ?? false,
          now,
        }),
      );
      return isApply && !result.isApplied ? 1 : 0;
    } finally {
      await database.close();
    }
  } finally {
    await close();
  }
}

function readArguments() {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse();
  } catch (error) {
    throw new ImportError(`${(error as Error).message}\n\n${USAGE}`);
  }
  const [file, ...others] = parsed.positionals;
  if (file === undefined || others.length > 0) throw new ImportError(USAGE);
  return { file, values: parsed.values };
}

function parse() {
  return parseArgs({
    allowPositionals: true,
    options: {
      mapping: { type: 'string' },
      zone: { type: 'string' },
      'move-to': { type: 'string' },
      from: { type: 'string' },
      as: { type: 'string' },
      apply: { type: 'boolean' },
      'skip-refused': { type: 'boolean' },
      all: { type: 'boolean' },
    },
  });
}

function zoneNamed(name: string): string {
  const zone = findZone(name);
  if (!zone) throw new ImportError(`--zone ${name}: there is no such time zone; give one such as Europe/Lisbon.`);
  return zone;
}

function dayOf(option: string, text: string | undefined): Temporal.PlainDate | undefined {
  if (text === undefined) return undefined;
  try {
    if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return Temporal.PlainDate.from(text, { overflow: 'reject' });
  } catch {
    // Said below, with the way out.
  }
  throw new ImportError(`${option} ${text}: give a day such as 2026-12-07.`);
}

async function readInput(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason =
      code === 'ENOENT'
        ? 'there is no such file'
        : code === 'EISDIR'
          ? 'this is a folder'
          : `it cannot be read (${code})`;
    throw new ImportError(`${file}: ${reason}.`);
  }
}

async function openBooking(config: ReturnType<typeof readConfig>) {
  const { bookingDatabaseUrl: appUrl, bookingMigrationUrl: ownerUrl } = config;
  if (appUrl && ownerUrl) return { appUrl, ownerUrl, close: async () => undefined };
  const databases = await openDatabases(completeConfig(config));
  return { ...databases.booking, close: databases.close };
}

function showProgress(done: number, total: number) {
  if (done > 0 && done % PROGRESS_EVERY === 0) process.stderr.write(`Read ${done} of ${total} rows\n`);
}

function knownSentence(error: unknown): string | undefined {
  if (error instanceof ImportError || error instanceof ConfigError) return error.message;
  if (isDatabaseAway(error)) {
    return `The database does not answer, or another import is running: ${(error as Error).message}. Nothing was changed; try again.`;
  }
  // 28: who we are, or our password; 3D000: no such database.
  if (/^(28...|3D000)$/.test(sqlState(error) ?? '')) {
    return `The database cannot be opened: ${(error as Error).message}. Look at BOOKING_DATABASE_URL and BOOKING_MIGRATION_URL.`;
  }
  return undefined;
}
