import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigError, isLoopbackOnly, readConfig } from '@samaya/platform/config.ts';
import { openDatabases } from '@samaya/platform/embedded-databases.ts';
import { type CompleteConfig, completeConfig } from '@samaya/platform/secrets.ts';
import { checkApplication, checkKeys } from './doctor-applications.ts';
import { flyCanary } from './doctor-canary.ts';
import { checkDatabase, connectBoth, type Open } from './doctor-databases.ts';
import { type Finding, lineOf, ok, reasonOf, wrong } from './doctor-finding.ts';
import { checkAgreement, checkInvariants, checkMessages } from './doctor-invariants.ts';
import { checkDisk, checkNode } from './doctor-machine.ts';
import { checkMail } from './doctor-mail.ts';
import { checkOutbox, checkReconciliation } from './doctor-relay.ts';

const ROOT = resolve(import.meta.dirname, '..');

let isWell = true;

/** Prints what was found; answers whether all of it is well. */
function print(findings: readonly Finding[]): boolean {
  for (const finding of findings) process.stdout.write(lineOf(finding));
  const areWell = findings.every((finding) => finding.isOk);
  isWell &&= areWell;
  return areWell;
}

/** A check that itself fails has found something. */
async function look(name: string, check: Promise<Finding | Finding[]>): Promise<Finding[]> {
  return await check.then(
    (found) => [found].flat(),
    (error: unknown) => [
      wrong(`${name} could not be looked at (${reasonOf(error)})`, 'mend what is wrong above first'),
    ],
  );
}

await examine();
process.stdout.write(isWell ? 'All is well.\n' : 'Something is wrong; see above.\n');
process.exitCode = isWell ? 0 : 1;

async function examine(): Promise<void> {
  print([checkNode(process.versions.node)]);
  const config = readSettings();
  if (!config) return;
  // They take their time without the others.
  const elsewhere = Promise.all([
    look('booking', checkApplication('booking', config.bookingUrl)),
    look('CRM', checkApplication('CRM', config.crmUrl)),
    look('the mail server', checkMail({ smtpUrl: config.smtpUrl, isLocal: isLoopbackOnly(config) })),
  ]);
  print(await look('the disk', checkDisk(config.dataDir)));
  await examineData(config, elsewhere);
}

function readSettings(): CompleteConfig | undefined {
  try {
    const config = readConfig(process.env, ROOT);
    if (!config.bookingDatabaseUrl && !existsSync(join(config.dataDir, 'postgresql'))) {
      print([
        wrong(`there are no data in ${config.dataDir} yet`, 'npm start makes them, or set DATA_DIR to where they are'),
      ]);
      return undefined;
    }
    const complete = completeConfig(config);
    print([ok('the settings can be used')]);
    return complete;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    print(error.message.split('\n').map((line) => wrong(`a setting: ${line}`, '.env.example explains each')));
    return undefined;
  }
}

async function examineData(config: CompleteConfig, elsewhere: Promise<Finding[][]>): Promise<void> {
  const databases = await openDatabases(config).catch((error: unknown) => {
    print([wrong(`the built-in PostgreSQL does not start (${reasonOf(error)})`, 'see its log in DATA_DIR')]);
  });
  if (!databases) return void print((await elsewhere).flat());
  const open = connectBoth(databases);
  try {
    const found = await Promise.all([
      look('the database of booking', checkDatabase(open, 'booking')),
      look('the database of CRM', checkDatabase(open, 'crm')),
    ]);
    const areThere = print(found.flat());
    const [booking = [], crm = [], mail = []] = await elsewhere;
    const doAnswer = print([...booking, ...crm]);
    if (areThere) await examineTraffic(config, open, doAnswer);
    print(mail);
  } finally {
    await open.close();
    await databases.close();
  }
}

async function examineTraffic(config: CompleteConfig, open: Open, doAnswer: boolean): Promise<void> {
  const now = new Date();
  const found = await Promise.all([
    look('the invariants', checkInvariants(open)),
    look('what CRM knows', checkAgreement(open)),
    look('the messages in CRM', checkMessages(open)),
    look('the nightly comparison', checkReconciliation(open, now)),
    look('notifications', checkOutbox(open, 'crm')),
    look('mails', checkOutbox(open, 'mail')),
    ...(doAnswer ? [look('the keys', checkKeys(config))] : []),
  ]);
  print(found.flat());
  if (doAnswer) print(await look('the canary', flyCanary(open)));
  else print([wrong('no canary was sent from booking to CRM', 'let both answer first')]);
}
