import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiRoute } from './api-route.ts';
import type { RequestFacts } from './request-facts.ts';

/** Answers strangers from bytes already made, so that a crowd costs little more than one of them. */
export interface PublicAnswers {
  /** Answers a stranger's request to a public route; `false` when it is none, and somebody else has to answer. */
  answer(request: IncomingMessage, response: ServerResponse, facts: RequestFacts): Promise<boolean>;
  /** Something was changed by this process: what was made before is not given out any more. */
  forget(): void;
}

export interface PublicAnswersOptions {
  /** Those that are public are answered from here. */
  routes: readonly Pick<ApiRoute<never>, 'method' | 'path' | 'isPublic'>[];
  /** Makes an answer. */
  make(request: Request, facts: RequestFacts): Response | Promise<Response>;
  /** Counts a request that is answered from memory; `false` when it is one too many. */
  admit(facts: RequestFacts): Promise<boolean>;
  /** Counts milliseconds; it need not know the day. */
  clock?: () => number;
}

interface Made {
  until: number;
  /** The bytes, a character each: Node writes head and body at once then, and twice else. */
  body: string;
  headers: Record<string, string>;
  etag: string;
  template: string;
}

// What other processes change is seen within this time, so nothing crosses processes to say so.
const KEPT_MS = 300;
const MOST_BYTES = 32 * 1024 * 1024;
const LONGEST_URL = 500;

/** Keeps the good answers of public routes for a moment; several requests for the same one make it once. */
export function createPublicAnswers(options: PublicAnswersOptions): PublicAnswers {
  const clock = options.clock ?? (() => performance.now());
  const templates = options.routes
    .filter((route) => route.isPublic && route.method === 'get')
    .map(({ path }) => ({ path, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/?]+')}(\\?|$)`) }));
  const kept = new Map<string, Made>();
  const underWay = new Map<string, Promise<Made | undefined>>();
  let bytes = 0;
  let generation = 0;

  function forget() {
    generation++;
    bytes = 0;
    kept.clear();
    underWay.clear();
  }

  async function make(url: string, template: string, facts: RequestFacts): Promise<{ made?: Made; answer: Response }> {
    const begunIn = generation;
    const answer = await options.make(new Request(`http://localhost${url}`), facts);
    if (answer.status !== 200) return { answer };
    const body = Buffer.from(await answer.clone().arrayBuffer()).toString('latin1');
    const made: Made = {
      until: clock() + KEPT_MS,
      body,
      headers: {
        'content-type': answer.headers.get('content-type') ?? '',
        ...(answer.headers.has('link') && { link: answer.headers.get('link') ?? '' }),
        // A cache in front may give it out for a second; a browser asks whether it still holds.
        'cache-control': 'public, max-age=0, s-maxage=1',
      },
      etag: `"${createHash('sha1').update(body, 'latin1').digest('base64url')}"`,
      template,
    };
    if (generation === begunIn) {
      if (bytes + body.length > MOST_BYTES) forget();
      bytes += body.length - (kept.get(url)?.body.length ?? 0);
      kept.set(url, made);
    }
    return { made, answer };
  }

  function find(url: string): Made | Promise<Made | undefined> | undefined {
    const made = kept.get(url);
    if (made && made.until > clock()) return made;
    return underWay.get(url);
  }

  return {
    forget,
    async answer(request, response, facts) {
      const url = request.url ?? '';
      if (!isStranger(request) || url.length > LONGEST_URL) return false;
      const template = templates.find(({ pattern }) => pattern.test(url))?.path;
      if (template === undefined) return false;
      const found = find(url);
      if (found) {
        const made = await found;
        if (!made || !(await options.admit(facts))) return false;
        facts.onRoute?.(made.template);
        send(request, response, made);
        return true;
      }
      const making = make(url, template, facts);
      const shared = making.then(
        ({ made }) => made,
        () => undefined,
      );
      underWay.set(url, shared);
      const { made, answer } = await making.finally(() => {
        if (underWay.get(url) === shared) underWay.delete(url);
      });
      if (made) send(request, response, made);
      else await sendAnswer(response, answer);
      return true;
    },
  };
}

function isStranger({ method, headers }: IncomingMessage): boolean {
  return (method === 'GET' || method === 'HEAD') && headers.authorization === undefined && headers.cookie === undefined;
}

function send(request: IncomingMessage, response: ServerResponse, { body, headers, etag }: Made): void {
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, { etag, 'cache-control': headers['cache-control'] ?? '' }).end();
    return;
  }
  response.writeHead(200, { ...headers, etag, 'content-length': body.length }).end(body, 'latin1');
}

async function sendAnswer(response: ServerResponse, answer: Response): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()));
}
