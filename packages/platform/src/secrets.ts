import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type Config, ConfigError } from './config.ts';

/** A configuration in which nothing secret is missing. */
export type CompleteConfig = Config & {
  notificationSecrets: string[];
  cookieKeys: string[];
  oidcKeys: string;
  crmClientSecret: string;
  /** Of the roles in the built-in PostgreSQL. */
  databasePasswords: DatabasePasswords;
};

const secretsSchema = z.object({
  notificationSecrets: z.array(z.string()).min(1),
  cookieKeys: z.array(z.string()).min(1),
  oidcKeys: z.string(),
  crmClientSecret: z.string(),
  databasePasswords: z.object({
    bookingOwner: z.string(),
    bookingApp: z.string(),
    crmOwner: z.string(),
    crmApp: z.string(),
  }),
});
type Secrets = z.infer<typeof secretsSchema>;
export type DatabasePasswords = Secrets['databasePasswords'];

/**
 * Fills in the secrets that were not given: generated once, kept in `DATA_DIR/secrets.json`, readable by its owner
 * alone. Throws a ConfigError when that file cannot be written or read.
 */
export function completeConfig(config: Config): CompleteConfig {
  const file = join(config.dataDir, 'secrets.json');
  let kept: Secrets;
  try {
    makeFolder(config.dataDir);
    kept = secretsSchema.parse(JSON.parse(readOrCreate(file)));
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new ConfigError(
      `DATA_DIR ${config.dataDir} cannot be used${why}: ${file} could not be written or read. Make the folder writable, or set DATA_DIR to another.`,
      { cause },
    );
  }
  return {
    ...config,
    notificationSecrets: config.notificationSecrets ?? kept.notificationSecrets,
    cookieKeys: config.cookieKeys ?? kept.cookieKeys,
    oidcKeys: config.oidcKeys ?? kept.oidcKeys,
    crmClientSecret: config.crmClientSecret ?? kept.crmClientSecret,
    databasePasswords: kept.databasePasswords,
  };
}

// mkdirSync's own `recursive` never returns below a folder like /proc, where nothing can be made.
function makeFolder(folder: string) {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

// Two processes may start at once: each writes a file of its own, and linking gives the name to one of them.
function readOrCreate(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const own = `${file}.${process.pid}`;
  writeFileSync(own, `${JSON.stringify(generateSecrets(), null, 2)}\n`, { mode: 0o600 });
  try {
    linkSync(own, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(own);
  }
  return readFileSync(file, 'utf8');
}

function generateSecrets(): Secrets {
  const word = () => randomBytes(32).toString('base64url');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = {
    ...privateKey.export({ format: 'jwk' }),
    kid: randomBytes(8).toString('hex'),
    alg: 'RS256',
    use: 'sig',
  };
  return {
    notificationSecrets: [`whsec_${randomBytes(32).toString('base64')}`],
    cookieKeys: [word()],
    oidcKeys: JSON.stringify({ keys: [key] }),
    crmClientSecret: word(),
    databasePasswords: { bookingOwner: word(), bookingApp: word(), crmOwner: word(), crmApp: word() },
  };
}
