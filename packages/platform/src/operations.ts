import { timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Registry } from '@prometheus-io/client';
import { bearerToken, hashToken } from './opaque-token.ts';

export interface OperationsOptions {
  /** Resolves to the reasons why requests should not come here now; empty when ready. */
  notReady(): Promise<string[]>;
  registry: Registry;
  metricsToken: string | undefined;
  /** Where a weakness is reported: an address with its scheme. */
  securityContact?: string | undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;
// RFC 9116 asks for less than a year; it is written anew with every answer.
const CONTACT_DAYS = 180;

/**
 * Answers `/healthz`, `/readyz`, `/metrics`, `/.well-known/security.txt` and the API documentation; `false` when the path
 * is none of them.
 */
export async function answerOperations(
  options: OperationsOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const path = request.url?.split('?', 1)[0] ?? '';
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  if (path === '/healthz') return send(response, 200, { status: 'ok' });
  if (path === '/readyz') {
    const reasons = await options.notReady();
    return send(
      response,
      reasons.length === 0 ? 200 : 503,
      reasons.length === 0 ? { status: 'ready' } : { status: 'not ready', reasons },
    );
  }
  if (path === '/metrics') {
    // To anybody else there is nothing here.
    if (!mayReadMetrics(request, options.metricsToken)) return false;
    response.writeHead(200, { 'content-type': options.registry.contentType, 'cache-control': 'no-store' });
    response.end(await options.registry.metrics());
    return true;
  }
  if (path === '/.well-known/security.txt' && options.securityContact !== undefined) {
    const expires = new Date(Date.now() + CONTACT_DAYS * DAY_MS).toISOString().replace(/\.\d+Z$/, 'Z');
    const text = `Contact: ${options.securityContact}\nExpires: ${expires}\nPreferred-Languages: en\n`;
    return sendText(response, 'text/plain; charset=utf-8', text);
  }
  return answerDocs(path, response);
}

function send(response: ServerResponse, status: number, body: object): true {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...(status === 503 && { 'retry-after': '2' }),
  });
  response.end(JSON.stringify(body));
  return true;
}

// Without a token only a direct request from this machine; a forwarding header says that somebody else asks.
function mayReadMetrics(request: IncomingMessage, token: string | undefined): boolean {
  if (token !== undefined) {
    const given = bearerToken(request.headers.authorization);
    return given !== undefined && timingSafeEqual(hashToken(given), hashToken(token));
  }
  const forwarded = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'via'].some(
    (name) => name in request.headers,
  );
  return !forwarded && /^(127\.|::1$|::ffff:127\.)/.test(request.socket.remoteAddress ?? '');
}

const DOCS_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API documentation</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
`;
const DOCS_START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });\n`;
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const DOCS_ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

function answerDocs(path: string, response: ServerResponse): boolean {
  if (path === '/docs') return sendText(response, 'text/html; charset=utf-8', DOCS_PAGE);
  const asset = path.startsWith('/docs/') ? path.slice('/docs/'.length) : '';
  if (asset === 'start.js') return sendText(response, 'text/javascript; charset=utf-8', DOCS_START);
  const type = Object.hasOwn(DOCS_ASSETS, asset) ? DOCS_ASSETS[asset] : undefined;
  if (!type) return false;
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  return sendText(response, type, readFileSync(join(folder, asset)));
}

function sendText(response: ServerResponse, type: string, body: string | Buffer): true {
  response.writeHead(200, {
    'content-type': type,
    'cache-control': 'public, max-age=3600',
    ...(body === DOCS_PAGE && { 'content-security-policy': DOCS_POLICY }),
  });
  response.end(body);
  return true;
}
