import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isApiRequest } from '@samaya/platform/api.ts';
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
import { createPublicAnswers } from '@samaya/platform/public-answers.ts';
import { createPublicPages } from '@samaya/platform/public-pages.ts';
import { findDatabaseFaults } from '@samaya/platform/readiness.ts';
import { completeConfig } from '@samaya/platform/secrets.ts';
import { createBookingApi, routeTable } from '#server/api.ts';
import { createApp } from '#server/app.ts';
import { seedDemo } from '#server/demo/seed-demo.ts';
import { createDemoGoogle } from '#server/google/demo-google.ts';
import { isDemoGoogleRequest, mountDemoGoogle } from '#server/google/mount-demo-google.ts';
import { IMPORT_BODY_BYTES } from '#server/imports/import-limits.ts';
import { findRelayFaults } from '#server/notifications/measure-outbox.ts';
import { isOidcRequest, mountOidcProvider } from '#server/oidc/mount-oidc-provider.ts';
import { createOidcProvider } from '#server/oidc/oidc-provider.ts';
import { applyStudioSettings } from '#server/studio/apply-studio-settings.ts';
import { startSweeping } from '#server/sweep.ts';
import { type BookingPages, PAGES, PUBLIC_PAGES } from './pages.ts';

const MIGRATIONS = join(import.meta.dirname, '../migrations');
// What a rush is made of. After anything else it is asked who signed out.
const ENDS_NO_SIGN_IN: ReadonlySet<string> = new Set(['/api/v1/bookings', '/api/v1/sessions', '/e/[event]']);

keepHeapSmall();
const config = completeConfig(readConfig());
const { bookingDatabaseUrl: databaseUrl, bookingMigrationUrl: migrationUrl } = config;
if (!databaseUrl || !migrationUrl) {
  throw new ConfigError('BOOKING_DATABASE_URL is needed to start this application alone; npm start brings its own.');
}
const migration = { url: migrationUrl, folder: MIGRATIONS, applicationRole: new URL(databaseUrl).username };

let isStopping = false;
const app = createApp(config, { databaseUrl });
const preparation = await prepareDatabase(async () => {
  await migrate(migration);
  await applyStudioSettings(app.db, config.studio);
  if (config.demo) await seedDemo(app, { now: new Date() });
  await warnOfOldEngines(app);
}, app.log);
const api = createBookingApi(app);
const publicAnswers = createPublicAnswers({
  routes: routeTable(app),
  make: (request, facts) => api.fetch(request, facts),
  admit: ({ network }) =>
    app.limits('api-network', network).then(
      () => true,
      () => false,
    ),
});
const oidc = createOidcProvider(app);
const answerOidc = mountOidcProvider(oidc, config.bookingUrl);
const demoGoogle = createDemoGoogle(config);
const answerDemoGoogle = demoGoogle && mountDemoGoogle(demoGoogle, config.bookingUrl);
const dev = process.argv.includes('--dev');
const pages = await createPages({
  folder: join(import.meta.dirname, '..'),
  host: sharePageHost<BookingPages>(PAGES, { app, oidc, demoGoogle }),
  publicUrl: config.bookingUrl,
  dev,
  port: config.bookingPort,
  bodyBytesMost: IMPORT_BODY_BYTES,
  log: app.log,
});
const publicPages = createPublicPages({
  // In development a page is made anew each time, as its sources are.
  templates: dev ? [] : PUBLIC_PAGES,
  pages,
  publicUrl: config.bookingUrl,
  cookie: 'samaya_',
});

const { metricsToken, securityContact } = config;
const operations = { notReady, registry: app.metrics.registry, metricsToken, securityContact };
const server = await startHttpServer({
  host: config.host,
  port: config.bookingPort,
  trustProxy: config.trustProxy,
  publicUrl: config.bookingUrl,
  // The pictures that chats and networks show of a page.
  shownElsewhere: /\/picture\.png$/,
  log: app.log,
  findCrowded: api.findCrowded,
  onFinished(request, status, milliseconds, template) {
    app.metrics.request(request.method ?? '', template, status, milliseconds);
    // Whatever door it came through: what was not refused may have changed something, and left a message.
    if (request.method === 'GET' || request.method === 'HEAD' || status >= 400) return;
    publicAnswers.forget();
    publicPages.forget();
    if (!ENDS_NO_SIGN_IN.has(template)) app.bearers.doubt();
    app.relay.wake();
    app.mailRelay.wake();
  },
  async handle(request, response, facts) {
    if (!preparation.isDone) {
      if (!(await answerOperations(operations, request, response))) answerNotYet(request, response, facts.requestId);
      return;
    }
    if (isApiRequest(request)) {
      if (!(await publicAnswers.answer(request, response, facts))) await api.answer(request, response, facts);
      return;
    }
    if (await answerOperations(operations, request, response)) return;
    if (isOidcRequest(request)) return await answerOidc(request, response, facts);
    if (answerDemoGoogle && isDemoGoogleRequest(request)) return await answerDemoGoogle(request, response, facts);
    if (!(await publicPages.answer(request, response, facts))) pages.answer(request, response, facts);
  },
});

await preparation.done;
const stopSweeping = startSweeping(app);

async function notReady(): Promise<string[]> {
  if (isStopping) return ['the process is being stopped'];
  const faults = await findDatabaseFaults(app.pool, MIGRATIONS);
  return faults.length > 0 ? faults : await findRelayFaults(app.db).catch(() => ['the database does not answer']);
}

stopOnSignals(async () => {
  isStopping = true;
  // A balancer that asks now and then whether this process is ready has the time to hear that it is not.
  await sleep(config.stopDelaySeconds * 1000);
  stopSweeping();
  await server.stop();
  await pages.close();
  await Promise.all([app.relay.stop(), app.mailRelay.stop()]);
  await app.close();
});
app.relay.start();
app.mailRelay.start();
reportReady(server.port);
app.log.info({ port: server.port }, 'ready');
