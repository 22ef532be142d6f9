import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiRoute } from './api-route.ts';
import { createKeptAnswers, type SharedAnswer } from './kept-answers.ts';
import type { RequestFacts } from './request-facts.ts';
import { sendKept } from './send-kept.ts';

/** Answers strangers from bytes already made, so that a crowd costs little more than one of them. */
export interface PublicAnswers {
  /** Answers a stranger's request to a public route; `false` when it is none, and somebody else has to answer. */
  answer(request: IncomingMessage, response: ServerResponse, facts: RequestFacts): Promise<boolean>;
  /** Something was changed by this process: what was made before is out of date. */
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

const MOST_BYTES = 32 * 1024 * 1024;
const MOST_REMADE_A_SECOND = 100;
const LONGEST_URL = 500;

/** Public answers of the API. */
export function createPublicAnswers(options: PublicAnswersOptions): PublicAnswers {
  const templates = options.routes
    .filter((route) => route.isPublic && route.method === 'get')
    .map(({ path }) => ({ path, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/?]+')}(\\?|$)`) }));
  const answers = createKeptAnswers({
    mostBytes: MOST_BYTES,
    mostRemadeASecond: MOST_REMADE_A_SECOND,
    ...(options.clock && { clock: options.clock }),
  });

  async function make(url: string, template: string, facts: RequestFacts) {
    const answer = await options.make(new Request(`http://localhost${url}`), facts);
    return { answer, shared: answer.status === 200 ? await shareable(answer.clone(), template) : undefined };
  }

  return {
    forget: answers.forget,
    async answer(request, response, facts) {
      const url = request.url ?? '';
      if (!isStranger(request) || url.length > LONGEST_URL) return false;
      const template = templates.find(({ pattern }) => pattern.test(url))?.path;
      if (template === undefined) return false;
      const found = answers.find(url);
      if (found) {
        const kept = found instanceof Promise ? await found : found;
        if (!kept || !(await options.admit(facts))) return false;
        facts.onRoute?.(kept.template);
        await sendKept(request, response, kept);
        return true;
      }
      const { made, kept } = await answers.make(url, () => make(url, template, facts));
      if (kept) await sendKept(request, response, kept);
      else await sendAnswer(response, made.answer);
      return true;
    },
  };
}

function isStranger({ method, headers }: IncomingMessage): boolean {
  return (method === 'GET' || method === 'HEAD') && headers.authorization === undefined && headers.cookie === undefined;
}

async function shareable(answer: Response, template: string): Promise<SharedAnswer> {
  return {
    headers: {
      'content-type': answer.headers.get('content-type') ?? '',
      ...(answer.headers.has('link') && { link: answer.headers.get('link') ?? '' }),
      // A cache in front may give it out for a second; a browser asks whether it still holds.
      'cache-control': 'public, max-age=0, s-maxage=1',
      vary: 'Origin, Accept-Encoding',
    },
    body: Buffer.from(await answer.arrayBuffer()),
    template,
  };
}

async function sendAnswer(response: ServerResponse, answer: Response): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()));
}
