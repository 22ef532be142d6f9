import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compressAnswer } from './compress-answer.ts';
import { letPagesTrustOurHeaders } from './config.ts';
import type { Log } from './log.ts';
import { PAGE_BODY_BYTES } from './page-body.ts';
import type { PageHost } from './page-host.ts';
import { announceOrigin, isForeignWrite, originOf } from './page-origin.ts';
import type { RequestFacts } from './request-facts.ts';

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

type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => unknown;

/** Prepares the pages of an application. Without a build (and not in development) they say that they are missing. */
export async function createPages<App>(options: PagesOptions<App>): Promise<Pages> {
  const { middleware, close } = options.dev ? await fromSources(options) : await fromBuild(options);
  return {
    close,
    answer(request, response, facts) {
      compressAnswer(request, response);
      const origin = originOf(request, options.publicUrl);
      if (isForeignWrite(request, origin)) {
        sendText(response, 403, 'This form was sent from another site, so nothing was changed.\n');
        return;
      }
      announceOrigin(request, origin);
      options.host.current.run({ request, response, facts }, () =>
        middleware(request, response, (error) => {
          if (error) options.log.error({ request_id: facts.requestId, err: error }, 'page crashed');
          sendText(
            response,
            error ? 500 : 404,
            error ? 'Something went wrong on our side.\n' : 'There is nothing here.\n',
          );
        }),
      );
    },
  };
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
      middleware: (_request, response) =>
        sendText(response, 503, 'The pages are not built yet. npm start builds them.\n'),
    };
  }
  letPagesTrustOurHeaders(bodyBytesMost);
  const { handler } = (await import(pathToFileURL(file).href)) as { handler: Middleware };
  return { middleware: handler, close };
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

function sendText(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(text);
}
