import type { AppName } from './whole-site.ts';

/** An answer as it came over the wire. */
export interface SeenAnswer {
  /** What was asked, for messages. */
  asked: string;
  app: AppName;
  /** Of who asked; empty for a stranger. */
  cookie: string;
  path: string;
  status: number;
  headers: Headers;
  body: Buffer;
}

export interface AuditedSite {
  isHttps: boolean;
  /** Where, beside here, a form may end. */
  formsMayEndAt?: string;
  /** Codes of errors that are written down. */
  codes: ReadonlySet<string>;
}

// Drawn for other sites to show.
const PICTURE = /\/picture\.png$/;
const EXACTLY: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};
const TELLING = ['server', 'x-powered-by', 'via', 'x-sveltekit-version', 'x-aspnet-version', 'x-runtime'];
const YEAR_SECONDS = 31_536_000;
// The documentation's own script sets styles, and mails have theirs inside; neither runs what it is given.
const STYLES_INSIDE = /^\/docs$|^\/dev\/inbox\/[^/]+\/html$/;
// Shown in a frame by its own page.
const FRAMED = /^\/dev\/inbox\/[^/]+\/html$/;
const STACK = /\n\s+at |node:internal|node_modules|\.ts:\d+|\/(work|home|root|usr)\//;
const SQL =
  /\b(select|insert into|update|delete from)\b.{0,80}\b(from|values|set|where)\b|relation "|syntax error|pg_|postgres/i;

/** HDR-01: everything that is wrong with the headers that keep an answer safe. */
export function headerFaults({ path, status, headers }: SeenAnswer, site: AuditedSite): string[] {
  const faults: string[] = [];
  const expect = (isSo: boolean, fault: string) => void (isSo || faults.push(fault));
  const isFramed = status === 200 && FRAMED.test(path);
  for (const [name, value] of Object.entries(EXACTLY)) {
    if (name === 'cross-origin-resource-policy' && PICTURE.test(path) && headers.get(name) === 'cross-origin') continue;
    expect(headers.get(name) === value, `${name} is ${headers.get(name)}`);
  }
  expect(isFramed || headers.get('x-frame-options') === 'DENY', 'x-frame-options');
  expect(/camera=\(\).*geolocation=\(\)/.test(headers.get('permissions-policy') ?? ''), 'permissions-policy');
  const seconds = Number(/max-age=(\d+)/.exec(headers.get('strict-transport-security') ?? '')?.[1] ?? 0);
  expect(site.isHttps ? seconds >= YEAR_SECONDS : seconds === 0, `strict-transport-security is ${seconds}`);
  for (const name of TELLING) expect(!headers.has(name), `${name} tells what answers`);
  expect(/^[0-9a-f-]{36}$/.test(headers.get('x-request-id') ?? ''), 'x-request-id');
  return [...faults, ...policyFaults(headers.get('content-security-policy') ?? '', { ...site, path, isFramed })];
}

function policyFaults(
  policy: string,
  { formsMayEndAt, path, isFramed }: AuditedSite & { path: string; isFramed: boolean },
): string[] {
  const directives = new Map(
    policy.split(';').map((directive) => {
      const [name = '', ...values] = directive.trim().split(/\s+/);
      return [name, values.join(' ')];
    }),
  );
  const of = (name: string) => directives.get(name);
  const faults: string[] = [];
  const expect = (isSo: boolean, name: string) => void (isSo || faults.push(`${name} is ${of(name)}`));
  expect(of('default-src') === "'none'", 'default-src');
  expect((of('object-src') ?? "'none'") === "'none'", 'object-src');
  expect(of('base-uri') === "'none'", 'base-uri');
  expect(of('frame-ancestors') === (isFramed ? "'self'" : "'none'"), 'frame-ancestors');
  expect(["'self'", "'none'", `'self' ${formsMayEndAt}`].includes(of('form-action') ?? ''), 'form-action');
  expect(/^('none'|'self'|'sha256-[\w+/=]+'| )*$/.test(of('script-src') ?? "'none'"), 'script-src');
  const styles = of('style-src') ?? "'none'";
  expect(STYLES_INSIDE.test(path) || !styles.includes('unsafe'), 'style-src');
  for (const [name, values] of directives) expect(!/\*|unsafe-eval|https?:\/\/\*|data:.*script/.test(values), name);
  return faults;
}

/** HDR-04: whether an answer says truly what it is. */
export function typeFaults({ headers, body, status }: SeenAnswer): string[] {
  const type = headers.get('content-type');
  if (body.length === 0 || status === 304) return [];
  if (type === null) return ['there is no content-type'];
  const text = body.toString('utf8');
  const faults: string[] = [];
  if (/^(text\/|application\/(.*json|.*xml|javascript))/.test(type) && !/;\s*charset=utf-8/i.test(type)) {
    faults.push(`${type} does not say its charset`);
  }
  const isIt: [RegExp, boolean][] = [
    [/^text\/html/, /^(\s*<!doctype html>|Redirecting to )/i.test(text)],
    [/json/, isJson(text)],
    [/^image\/png/, body.subarray(1, 4).toString() === 'PNG'],
    [/^text\/calendar/, text.startsWith('BEGIN:VCALENDAR\r\n')],
    [/xml/, text.startsWith('<?xml')],
    [/^text\/csv/, !text.startsWith('<')],
    [/^font\/woff2/, body.subarray(0, 4).toString() === 'wOF2'],
    [/^text\/(plain|css|javascript)|^text\/event-stream/, !/^\s*(<!doctype|<html)/i.test(text)],
  ];
  const known = isIt.find(([pattern]) => pattern.test(type));
  if (!known) faults.push(`${type} is a type that nothing here has`);
  else if (!known[1]) faults.push(`it is not ${type}: ${text.slice(0, 80)}`);
  return faults;
}

/** HDR-03: what a refusal tells that is nobody's business, or does not tell. */
export function refusalFaults({ path, status, headers, body }: SeenAnswer, { codes }: AuditedSite): string[] {
  if (status < 400) return [];
  const text = body.toString('utf8');
  const faults: string[] = [];
  if (STACK.test(text)) faults.push(`tells where it went wrong: ${text.slice(0, 300)}`);
  if (SQL.test(text.replace(/<style>[\s\S]*?<\/style>/g, '')))
    faults.push(`tells of the database: ${text.slice(0, 300)}`);
  if (body.length === 0) return faults;
  const id = headers.get('x-request-id') ?? 'none';
  const type = headers.get('content-type') ?? '';
  if (type.startsWith('application/problem+json')) {
    const problem = JSON.parse(text) as Record<string, unknown>;
    if (problem.type !== `/problems/${problem.code}` || !codes.has(String(problem.code))) {
      faults.push(`${problem.type} is not written down`);
    }
    if (problem.status !== status || problem.instance !== id || !problem.title || !problem.detail) {
      faults.push(`is not whole: ${text}`);
    }
  } else if (type.startsWith('text/html')) {
    // A page that could not be found needs no number to quote; the header has it all the same.
    if (status >= 500 && !text.includes(id)) faults.push('does not say what to quote');
  } else if (/^\/oidc\//.test(path)) {
    // OAuth has a form of its own for errors (RFC 6749).
    if (!/^\{"error":"\w+"/.test(text) && !/^Not Found$/.test(text)) faults.push(`is no OAuth error: ${text}`);
  } else if (path !== '/readyz' && !text.includes(`"requestId":"${id}"`)) {
    faults.push(`is neither a problem document nor a page: ${type} ${text.slice(0, 200)}`);
  }
  return faults;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
