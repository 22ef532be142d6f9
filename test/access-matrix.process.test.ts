import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { type Answered, send } from './access-requests.ts';
import { type AccessRoute, listRoutes, nameOf } from './access-routes.ts';
import { type App, CALLERS, ONLY_AT_API, type Scene } from './access-scenes.ts';
import { forEachCaller, METRICS_TOKEN, openAccessStudio } from './access-studio.ts';
import { HIDDEN_PATHS } from './hidden-paths.ts';

const FILE = resolve(import.meta.dirname, '../docs/access.md');
const HEADINGS = { api: 'API', pages: 'Pages', beside: 'Beside them' } as const;
const AT_ONCE = 8;
const MOST_BUSY = 50;
// Every caller on every route is thousands of requests, for which a slow machine needs longer than for other tests.
const MOST_MS = 30 * 60_000;
const LEAST_WIDE = 'sign-in'.length;
const APPS = { booking: 'Booking', crm: 'CRM' } as const;

const studio = await openAccessStudio();

/** What the caller of a column is answered on every route; each write finds what no other has changed. */
async function tryColumn(app: App, routes: readonly AccessRoute[], caller: string): Promise<Map<AccessRoute, string>> {
  const cells = new Map<AccessRoute, string>();
  let scene: Scene | undefined;
  for (const route of routes) {
    if (route.kind !== 'api' && ONLY_AT_API.has(caller)) continue;
    scene ??= await studio.scene(app, caller);
    const answered = await send(studio, route, scene);
    cells.set(route, cellOf(route, answered));
    // What was refused or read has changed nothing.
    if (route.method !== 'GET' && answered.status < 400) scene = undefined;
  }
  return cells;
}

function cellOf({ method }: AccessRoute, { status, location }: Answered): string {
  // Ending all sign-ins leads there as well.
  const toSignIn = method === 'GET' ? /^\/sign-in(\?|$)/ : /^\/sign-in\?return_to=/;
  return status === 303 && toSignIn.test(location ?? '') ? 'sign-in' : String(status);
}

async function tryApp(app: App): Promise<string> {
  const routes = await listRoutes(studio, app);
  const tried = new Map<string, Map<AccessRoute, string>>();
  await forEachCaller(app, async (caller) => void tried.set(caller, await tryColumn(app, routes, caller)));
  const columns = CALLERS[app].map((caller) => [caller, tried.get(caller) ?? new Map<AccessRoute, string>()] as const);
  const sections = Object.entries(HEADINGS).map(([kind, heading]) => {
    const shown = columns.filter(([caller]) => kind === 'api' || !ONLY_AT_API.has(caller));
    const rows = routes
      .filter((route) => route.kind === kind)
      .map((route) => [
        `\`${nameOf(route)}\``,
        ...(kind === 'beside' ? [] : [route.declared]),
        ...shown.map(([, cells]) => cells.get(route) ?? ''),
      ]);
    const head = ['route', ...(kind === 'beside' ? [] : ['declares']), ...shown.map(([caller]) => caller)];
    return `### ${heading}\n\n${tableOf([head, ...rows])}`;
  });
  return `## ${APPS[app]}\n\n${sections.join('\n')}`;
}

function tableOf(rows: readonly string[][]): string {
  // As wide as the longest answer in any case, so that one more does not move all.
  const widths =
    rows[0]?.map((_, column) => Math.max(LEAST_WIDE, ...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  lines.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
  return `${lines.join('\n')}\n`;
}

test('AUTHZ-01: every kind of caller gets on every route what docs/access.md says, and no route is missing there', {
  timeout: MOST_MS,
}, async () => {
  const written = readFileSync(FILE, 'utf8');
  const beginning = written.slice(0, written.indexOf('\n## ') + 1);
  const found = `${beginning}${await tryApp('booking')}\n${await tryApp('crm')}`;
  if (process.env.ACCESS_TABLE === 'write') writeFileSync(FILE, found);
  else assert.equal(found, written);
});

/** Asks for a path as it is written: `fetch` would make it a proper one first. */
async function askAsWritten(port: number, path: string, headers: Record<string, string>): Promise<[number, string]> {
  return await new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, path, headers: { host: `localhost:${port}`, ...headers } });
    asking.on('error', reject);
    asking.on('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve([answer.statusCode ?? 0, text]));
    });
    asking.end();
  });
}

test('AUTHZ-08: nothing is behind addresses that nobody declared, for strangers and admins alike', async () => {
  assert.ok(HIDDEN_PATHS.length >= 200, String(HIDDEN_PATHS.length));
  const open: string[] = [];
  for (const app of ['booking', 'crm'] as const) {
    const { port } = studio.processes[app];
    const { secret, bearer } = await studio.scene(app, app === 'booking' ? 'admin' : 'facilitator');
    const callers = {
      stranger: {},
      page: { cookie: `samaya_${app}=${secret}`, accept: 'text/html' },
      api: { authorization: `Bearer ${bearer}` },
    };
    for (const [caller, headers] of Object.entries(callers)) {
      const left = [...HIDDEN_PATHS];
      let busy = 0;
      const ask = async () => {
        for (let path = left.pop(); path !== undefined; path = left.pop()) {
          const [status, text] = await askAsWritten(port, `/${path}`, headers);
          // Too busy to answer, as `send` knows it too.
          if (status === 503 && busy++ < MOST_BUSY) left.push(path);
          else if (![401, 404, 400, 405].includes(status))
            open.push(`${app}, ${caller}: /${path}: ${status} ${text.slice(0, 80)}`);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, ask));
    }
  }
  assert.deepEqual(open, []);
});

test('AUTHZ-08: figures are for whoever has their token, and for nobody else', async () => {
  for (const app of ['booking', 'crm'] as const) {
    const { port } = studio.processes[app];
    const statuses = [];
    for (const token of [METRICS_TOKEN, '', 'another-token-for-the-figures', METRICS_TOKEN.slice(1), undefined]) {
      const [status] = await askAsWritten(
        port,
        '/metrics',
        token === undefined ? {} : { authorization: `Bearer ${token}` },
      );
      statuses.push(status);
    }
    assert.deepEqual(statuses, [200, 404, 404, 404, 404], app);
  }
});
