import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { ConfigError, readConfig } from '@samaya/platform/config.ts';
import { connect, isDatabaseAway, sqlState } from '@samaya/platform/database.ts';
import { DomainError } from '@samaya/platform/domain-error.ts';
import { openDatabases } from '@samaya/platform/embedded-databases.ts';
import { migrate } from '@samaya/platform/migrate.ts';
import { completeConfig } from '@samaya/platform/secrets.ts';
import { signUpSchema } from '#server/accounts/account-schemas.ts';
import { createProvenUser } from '#server/accounts/create-proven-user.ts';
import { createPasswords } from '#server/accounts/passwords.ts';
import { recordAct } from '#server/audit/record-act.ts';
import type { DB } from '#server/database-types.ts';

const USAGE = `Usage: npm run user:create -- --email ana@example.org --name "Ana Costa" [--admin] [--password-stdin]

Makes an account whose address counts as confirmed. Asks for the password, or reads it from standard input.

  --admin            the account may do everything
  --password-stdin   read the password from standard input, also from a terminal
`;
const MIGRATIONS = join(import.meta.dirname, '../migrations');

/** Something the person at the keyboard can mend. */
class CommandError extends Error {}

try {
  await run();
} catch (error) {
  const sentence = knownSentence(error);
  if (sentence === undefined) throw error;
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { email, name, admin: isAdmin = false, 'password-stdin': fromStdin = false } = readArguments();
  if (email === undefined || name === undefined) throw new CommandError(USAGE);
  // What is wrong with them is said before anybody types a password.
  checked({ email, name, password: 'a stand-in' });
  const config = completeConfig(readConfig());
  const user = checked({ email, name, password: await readPassword(fromStdin) });
  const passwordHash = await createPasswords().hash(user.password);

  const databases = await openDatabases(config);
  try {
    const { ownerUrl, appUrl } = databases.booking;
    await migrate({ url: ownerUrl, folder: MIGRATIONS, applicationRole: new URL(appUrl).username });
    const database = connect<DB>(appUrl, { applicationName: 'samaya-user-create', max: 1 });
    try {
      const id = await database.kysely.transaction().execute(async (trx) => {
        const userId = await createProvenUser(trx, { ...user, passwordHash, isAdmin });
        await recordAct(
          trx,
          { kind: 'account.created', userId, details: isAdmin ? { fields: ['admin'] } : {} },
          undefined,
        );
        return userId;
      });
      const kind = isAdmin ? 'an admin' : 'a participant';
      process.stdout.write(`${user.name} <${user.email}> can sign in now, as ${kind} (user ${id}).\n`);
    } finally {
      await database.close();
    }
  } finally {
    await databases.close();
  }
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        email: { type: 'string' },
        name: { type: 'string' },
        admin: { type: 'boolean' },
        'password-stdin': { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function checked(given: { email: string; name: string; password: string }) {
  const parsed = signUpSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `The ${issue.path.join('.')} ${issue.message}.`);
  throw new CommandError(faults.join('\n'));
}

async function readPassword(fromStdin: boolean): Promise<string> {
  if (fromStdin || !process.stdin.isTTY) {
    const password = (await text(process.stdin)).replace(/\r?\n$/, '');
    if (password === '') throw new CommandError('No password came on standard input.');
    return password;
  }
  const password = await ask('Password (10 to 128 characters, not shown): ');
  if ((await ask('Once more: ')) !== password) throw new CommandError('The two passwords differ. Nothing was changed.');
  return password;
}

/** Asks without showing what is typed. */
async function ask(question: string): Promise<string> {
  process.stdout.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  terminal.on('SIGINT', () => process.exit(130));
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    process.stdout.write('\n');
  }
}

function knownSentence(error: unknown): string | undefined {
  if (error instanceof CommandError || error instanceof ConfigError) return error.message;
  if (error instanceof DomainError && error.code === 'email-taken') {
    return 'There is an account with this address. To make its person an admin, add the address to ADMIN_EMAILS.';
  }
  if (isDatabaseAway(error)) {
    return `The database does not answer: ${(error as Error).message}. Nothing was changed; try again when it does.`;
  }
  if (sqlState(error) !== undefined) {
    return `The database refuses: ${(error as Error).message}. Check BOOKING_DATABASE_URL and BOOKING_MIGRATION_URL.`;
  }
  return undefined;
}
