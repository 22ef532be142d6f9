import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { routeTable as bookingRoutes } from '../apps/booking/src/server/api.ts';
import { routeTable as crmRoutes } from '../apps/crm/src/server/api.ts';
import type { App, Scene } from './access-scenes.ts';
import type { AccessStudio } from './access-studio.ts';

/** One row of the table: a route and a method, of a page with forms one of them. */
export interface AccessRoute {
  app: App;
  kind: 'api' | 'pages' | 'beside';
  method: string;
  /** With parameters as the application writes them; one in another name is the same route with another thing. */
  path: string;
  /** Which form of the page; `default` when it has one only. */
  action?: string;
  /** Who may call it, as it declares. */
  declared: string;
}

const APPS = resolve(import.meta.dirname, '../apps');

/** What is no feature's: health, figures, documentation and the sign-in provider. */
const BESIDE: Record<App, readonly string[]> = {
  booking: [
    ...['GET /healthz', 'GET /readyz', 'GET /metrics', 'GET /openapi.json', 'GET /docs', 'GET /docs/start.js'],
    ...['GET /oidc/.well-known/openid-configuration', 'GET /oidc/jwks', 'GET /oidc/auth', 'POST /oidc/token'],
    ...['GET /oidc/me', 'POST /oidc/session/end', 'GET /oidc/nothing', 'GET /nothing', 'GET /api/nothing'],
  ],
  crm: [
    ...['GET /healthz', 'GET /readyz', 'GET /metrics', 'GET /openapi.json', 'GET /docs', 'GET /docs/start.js'],
    ...['GET /nothing', 'GET /api/nothing'],
  ],
};

/** Routes that answer otherwise when the thing is not for everybody. */
const VARIANTS: Record<string, string> = {
  '/api/v1/events/{id}': '/api/v1/events/{closed}',
  '/api/v1/events/{id}/bookings': '/api/v1/events/{closed}/bookings',
  '/e/[event]': '/e/[closed]',
  '/organise/events/[event]': '/organise/events/[closed]',
};

/** What stands in an address for each parameter, where the parameter alone does not say it. */
const PLACES: readonly [RegExp, string][] = [
  [/^\/api\/v1\/events\/\{id\}/, 'event'],
  [/^\/api\/v1\/facilitators\/\{id\}/, 'facilitator'],
  [/^\/api\/v1\/bookings\/\{id\}/, 'booked'],
  [/^\/api\/v1\/booking-notifications\/\{id\}/, 'notification'],
  [/^\/\(inbox\)\/n\/\[id\]/, 'notification'],
  [/^\/b\/\[token\]/, 'guestToken'],
  [/^\/address\/\[token\]/, 'addressToken'],
  [/^\/confirm\/\[token\]/, 'proveToken'],
  [/^\/reset\/\[token\]/, 'resetToken'],
  [/\/roster\/\[booking\]/, 'booked'],
  [/^\/bookings\/\[booking\]/, 'booked'],
];

/** Forms that act on another event than one nobody booked: on one with a list. */
const WITH_PEOPLE = /^GET .*\/\[event\]|\/roster/;
const WHEN_BEGUN = /\?\/(mark|everyone|takeBack)$/;

/** The name of a route, as the table has it. */
export function nameOf({ method, path, action }: Pick<AccessRoute, 'method' | 'path' | 'action'>): string {
  return `${method} ${path}${action === undefined || action === 'default' ? '' : `?/${action}`}`;
}

/** Every route of an application there is: of the API from its table, of the pages from what was built. */
export async function listRoutes(studio: AccessStudio, app: App): Promise<AccessRoute[]> {
  const api: readonly { method: string; path: string; caller: string }[] =
    app === 'booking' ? bookingRoutes(studio.booking.app) : crmRoutes(studio.crm.app);
  const routes: AccessRoute[] = api.map(({ method, path, caller }) => ({
    ...{ app, kind: 'api', method: method.toUpperCase(), path, declared: caller },
  }));
  routes.push(...(await listPages(app)));
  const varied = routes.flatMap((route) => {
    const path = Object.hasOwn(VARIANTS, route.path) ? VARIANTS[route.path] : undefined;
    return path === undefined ? [route] : [route, { ...route, path }];
  });
  const beside = BESIDE[app].map((name): AccessRoute => {
    const [method = '', path = ''] = name.split(' ');
    return { app, kind: 'beside', method, path, declared: '' };
  });
  return [...varied, ...beside];
}

interface BuiltRoute {
  id: string;
  page: { leaf: number } | null;
  endpoint: (() => Promise<Record<string, unknown>>) | null;
}
interface BuiltNode {
  server?: { actions?: Record<string, unknown> };
}

const HTTP_METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'fallback']);

async function listPages(app: App): Promise<AccessRoute[]> {
  const built = join(APPS, app, 'build/server');
  const { manifest } = (await import(pathToFileURL(join(built, 'manifest-full.js')).href)) as {
    manifest: { nodes: (() => Promise<BuiltNode>)[]; routes: BuiltRoute[] };
  };
  const { VISITORS } = (await import(pathToFileURL(join(built, 'entries/hooks.server.js')).href)) as {
    VISITORS: Record<string, string>;
  };
  const pages: AccessRoute[] = [];
  for (const { id, page, endpoint } of manifest.routes) {
    const of = { app, kind: 'pages', path: id, declared: VISITORS[id] ?? 'nobody said' } as const;
    const node = page && (await manifest.nodes[page.leaf]?.());
    if (page) pages.push({ ...of, method: 'GET' });
    for (const action of Object.keys(node?.server?.actions ?? {})) pages.push({ ...of, method: 'POST', action });
    for (const method of Object.keys((await endpoint?.()) ?? {})) {
      if (HTTP_METHODS.has(method)) pages.push({ ...of, method });
    }
  }
  return pages.sort((one, other) => one.path.localeCompare(other.path, 'en'));
}

/** The address of a route in a scene; `changes` puts other ids in place of the scene's. */
export function addressOf(route: AccessRoute, scene: Scene, changes: Record<string, number | string> = {}): string {
  const name = nameOf(route);
  const ids = { ...scene.ids, ...changes };
  const path = route.path.replaceAll(/[[{](\w+)[\]}]/g, (_whole, parameter: string) => {
    const value = ids[thingOf(route, parameter)];
    if (value === undefined) throw new Error(`${name}: nothing is known to stand for ${parameter}`);
    return String(value);
  });
  const action = route.action === undefined || route.action === 'default' ? '' : `?/${route.action}`;
  return path.replaceAll(/\/\(\w+\)/g, '').replace(/^$/, '/') + (QUERIES[name]?.(scene) ?? action);
}

/** Which of a scene's things stands for a parameter. */
export function thingOf(route: AccessRoute, parameter: string): string {
  const name = nameOf(route);
  // With its words, which the page would else lead to first.
  if (route.path.startsWith('/e/')) return `${parameter}Page`;
  if (parameter === 'event' && WHEN_BEGUN.test(name)) return 'begun';
  if (parameter === 'event' && route.path.startsWith('/organise') && WITH_PEOPLE.test(name)) return 'visited';
  const place = PLACES.find(([pattern]) => pattern.test(route.path));
  if (place && (parameter === 'id' || parameter === 'token' || parameter === 'booking')) return place[1];
  return parameter;
}

/** What a page needs in its address. */
const QUERIES: Record<string, (scene: Scene) => string> = {
  'GET /account/address/sent': ({ ids }) => `?${new URLSearchParams({ for: String(ids.addressNote) })}`,
  'GET /booked': ({ ids }) => `?${new URLSearchParams({ for: String(ids.bookedNote) })}`,
  'GET /booked/calendar.ics': ({ ids }) => `?${new URLSearchParams({ for: String(ids.bookedNote) })}`,
  'GET /reset/sent': ({ ids }) => `?${new URLSearchParams({ for: String(ids.resetNote) })}`,
};
