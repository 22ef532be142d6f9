import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type InTurn, limitConcurrency } from './limit-concurrency.ts';
import type { RequestFacts } from './request-facts.ts';

/** The request a page is answering, as our server received it. */
export interface PageRequest {
  request: IncomingMessage;
  response: ServerResponse;
  facts: RequestFacts;
}

/** What the entry point hands to the pages. */
export interface PageHost<App> {
  app: App;
  current: AsyncLocalStorage<PageRequest>;
  /** Makes pages: more of them at once would not be made sooner, but take more memory, and the database from others. */
  inTurn: InTurn;
}

const MOST_AT_ONCE = 16;
const MOST_WAITING = 200;

/**
 * Hands the application to the pages. Page code is bundled apart from the code that Node runs directly, so a module
 * of ours exists twice in one process; the application object must not. It travels under a symbol both sides know.
 */
export function sharePageHost<App>(name: string, app: App): PageHost<App> {
  const busy = 'Many people are here right now. Try again in a moment.';
  const inTurn = limitConcurrency({ most: MOST_AT_ONCE, mostWaiting: MOST_WAITING, busy });
  const host: PageHost<App> = { app, current: new AsyncLocalStorage(), inTurn };
  (globalThis as Record<symbol, unknown>)[Symbol.for(name)] = host;
  return host;
}

/** What the entry point shared under this name, and the request being answered. Throws outside of a request. */
export function pageHost<App>(name: string): Pick<PageHost<App>, 'app' | 'inTurn'> & PageRequest {
  const host = (globalThis as Record<symbol, unknown>)[Symbol.for(name)] as PageHost<App> | undefined;
  const current = host?.current.getStore();
  if (!host || !current) throw new Error(`Pages of ${name} run only inside the process of their application.`);
  return { app: host.app, inTurn: host.inTurn, ...current };
}
