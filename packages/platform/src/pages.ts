import { existsSync, readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compressAnswer } from './compress-answer.ts';
import { letPagesTrustOurHeaders } from './config.ts';
import { foreignRequest } from './foreign-request.ts';
import type { Log } from './log.ts';
import { PAGE_BODY_BYTES } from './page-body.ts';
import type { PageHost } from './page-host.ts';
import { announceOrigin, isForeignWrite, originOf } from './page-origin.ts';
import { PlatformError } from './platform-error.ts';
import type { RequestFacts } from './request-facts.ts';
import { sendRefusal } from './send-refusal.ts';
import { tidyHeaders } from './tidy-headers.ts';

export interface PagesOptions<App> {
  /** The application's folder, with `vite.config.ts` and, once built, `build/`. */
  folder: string;
  host: PageHost<App>;
  publicUrl: string;
  /** Whether pages come from the sources, reloaded on every change, and not from the build. */
  dev: boolean;
  /** The application's port; in development the browser is told of changes on another, counted from this one. */
  port: number;
  /** Bytes that any page takes; a page that takes less says so itself. 64 KB by default. */
  bodyBytesMost?: number;
  log: Log;
}

export interface Pages {
  /** Answers a request with a page; refuses what another site's page posts. */
  answer(request: IncomingMessage, response: ServerResponse, facts: RequestFacts): void;
  close(): Promise<void>;
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS']);
const ALLOWED = [...METHODS].join(', ');
const NOT_FOUND = new PlatformError('not-found', 'There is nothing here.');
const NOT_BUILT = new PlatformError('unavailable', 'The pages are not built yet. npm start builds them.');
// Where the build's own files are, and nothing else.
const BUILT = '/_app/';

type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => unknown;

/** Prepares the pages of an application. Without a build (and not in development) they say that they are missing. */
export async function createPages<App>(options: PagesOptions<App>): Promise<Pages> {
  const { middleware, close } = options.dev ? await fromSources(options) : await fromBuild(options);
  return {
    close,
    answer(request, response, facts) {
      tidyHeaders(response);
      compressAnswer(request, response);
      const origin = originOf(request, options.publicUrl);
      const refusal = refusalOf(request, origin);
      if (refusal) {
        return sendRefusal(request, response, refusal, facts.requestId, { allow: ALLOWED });
      }
      announceOrigin(request, origin);
      options.host.current.run({ request, response, facts }, () =>
        middleware(request, response, (error) => {
          if (error && error !== NOT_BUILT)
            options.log.error({ request_id: facts.requestId, err: error }, 'page crashed');
          sendRefusal(request, response, error ?? NOT_FOUND, facts.requestId);
        }),
      );
    },
  };
}

/** Why no page is asked. */
function refusalOf(request: IncomingMessage, origin: string): PlatformError | undefined {
  if (!METHODS.has(request.method ?? '')) return new PlatformError('method-not-allowed', `Pages take ${ALLOWED}.`);
  if (!request.url?.startsWith('/')) return new PlatformError('bad-request', 'This is no address of a page.');
  return isForeignWrite(request, origin) ? foreignRequest() : undefined;
}

async function fromBuild({
  folder,
  bodyBytesMost = PAGE_BODY_BYTES,
  log,
}: PagesOptions<unknown>): Promise<{ middleware: Middleware; close: Pages['close'] }> {
  const close = async () => undefined;
  const file = join(folder, 'build/handler.js');
  if (!existsSync(file)) {
    log.warn('the pages are not built; `npm start` builds them');
    return {
      close,
      middleware: (_request, _response, next) => next(NOT_BUILT),
    };
  }
  letPagesTrustOurHeaders(bodyBytesMost);
  const { handler } = (await import(pathToFileURL(file).href)) as { handler: Middleware };
  const files = filesBelow(join(folder, 'build/client'), BUILT);
  return {
    close,
    // A file that is not there is refused as everything else; the framework would say so without a type.
    middleware: (request, response, next) => {
      const path = request.url?.split('?', 1)[0] ?? '';
      return path.startsWith(BUILT) && !files.has(path) ? next() : handler(request, response, next);
    },
  };
}

function filesBelow(folder: string, path: string): ReadonlySet<string> {
  const names = readdirSync(join(folder, path), { recursive: true, encoding: 'utf8' });
  return new Set(names.map((name) => path + name.replaceAll(sep, '/')));
}

async function fromSources({ folder, port }: PagesOptions<unknown>) {
  const vite = await import('vite');
  const server = await vite.createServer({
    root: folder,
    configFile: join(folder, 'vite.config.ts'),
    logLevel: 'warn',
    clearScreen: false,
    // Our server decides which names it answers to, before a request comes here.
    server: {
      middlewareMode: true,
      allowedHosts: true,
      ws: { host: '127.0.0.1', port: port > 45_000 ? port - 20_000 : port + 20_000 },
    },
  });
  return { middleware: server.middlewares as Middleware, close: () => server.close() };
}
