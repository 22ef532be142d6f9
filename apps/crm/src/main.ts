import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isApiRequest } from '@samaya/platform/api.ts';
import { machineClock } from '@samaya/platform/clock.ts';
import { ConfigError, readConfig } from '@samaya/platform/config.ts';
import { keepHeapSmall } from '@samaya/platform/frugal-heap.ts';
import { startHttpServer } from '@samaya/platform/http-server.ts';
import { migrate } from '@samaya/platform/migrate.ts';
import { answerOperations } from '@samaya/platform/operations.ts';
import { sharePageHost } from '@samaya/platform/page-host.ts';
import { createPages } from '@samaya/platform/pages.ts';
import { reportReady, stopOnSignals } from '@samaya/platform/parent-process.ts';
import { warnOfOldEngines } from '@samaya/platform/patch-levels.ts';
import { answerNotYet, prepareDatabase } from '@samaya/platform/prepare-database.ts';
import { findDatabaseFaults } from '@samaya/platform/readiness.ts';
import { completeConfig } from '@samaya/platform/secrets.ts';
import { createCrmApi } from '#server/api.ts';
import { createApp } from '#server/app.ts';
import { startReconcilingNightly } from '#server/notifications/reconcile-nightly.ts';
import { forgetExpiredSignIns } from '#server/sign-in/end-sign-ins.ts';
import { createSignInAtBooking } from '#server/sign-in/sign-in-at-booking.ts';
import { type CrmPages, PAGES } from './pages.ts';

const MIGRATIONS = join(import.meta.dirname, '../migrations');
const SWEEP_MS = 60 * 60 * 1000;

keepHeapSmall();
const config = completeConfig(readConfig());
const { crmDatabaseUrl: databaseUrl, crmMigrationUrl: migrationUrl } = config;
if (!databaseUrl || !migrationUrl) {
  throw new ConfigError('CRM_DATABASE_URL is needed to start this application alone; npm start brings its own.');
}
const migration = { url: migrationUrl, folder: MIGRATIONS, applicationRole: new URL(databaseUrl).username };

let isStopping = false;
const app = createApp(config, { databaseUrl });
const preparation = await prepareDatabase(async () => {
  await migrate(migration);
  await warnOfOldEngines(app);
}, app.log);
const api = createCrmApi(app);
const pages = await createPages({
  folder: join(import.meta.dirname, '..'),
  host: sharePageHost<CrmPages>(PAGES, { app, signInAtBooking: createSignInAtBooking(config) }),
  publicUrl: config.crmUrl,
  dev: process.argv.includes('--dev'),
  port: config.crmPort,
  log: app.log,
});

const operations = {
  notReady: async () =>
    isStopping ? ['the process is being stopped'] : await findDatabaseFaults(app.pool, MIGRATIONS),
  registry: app.metrics.registry,
  metricsToken: config.metricsToken,
  securityContact: config.securityContact,
};
const server = await startHttpServer({
  host: config.host,
  port: config.crmPort,
  trustProxy: config.trustProxy,
  publicUrl: config.crmUrl,
  log: app.log,
  findCrowded: api.findCrowded,
  onFinished: (request, status, milliseconds, template) =>
    app.metrics.request(request.method ?? '', template, status, milliseconds),
  async handle(request, response, facts) {
    if (await answerOperations(operations, request, response)) return;
    if (!preparation.isDone) return answerNotYet(request, response, facts.requestId);
    if (!isApiRequest(request)) return pages.answer(request, response, facts);
    await api.answer(request, response, facts);
  },
});

await preparation.done;
const sweep = setInterval(() => {
  forgetExpiredSignIns(app.db).catch((error: unknown) => app.log.warn({ err: error }, 'sweep failed'));
}, SWEEP_MS);
const stopReconciling = startReconcilingNightly(app, machineClock);

stopOnSignals(async () => {
  isStopping = true;
  // A balancer that asks now and then whether this process is ready has the time to hear that it is not.
  await sleep(config.stopDelaySeconds * 1000);
  clearInterval(sweep);
  stopReconciling();
  // Open streams end first, so that the server need not wait for them.
  await app.hub.close();
  await server.stop();
  await pages.close();
  await app.close();
});
reportReady(server.port);
app.log.info({ port: server.port }, 'ready');
