import type { IncomingMessage, ServerResponse } from 'node:http';
import { compressAnswer } from './compress-answer.ts';
import { createKeptAnswers, type SharedAnswer } from './kept-answers.ts';
import { originOf } from './page-origin.ts';
import type { Pages } from './pages.ts';
import { type RecordedAnswer, recordAnswer } from './record-answer.ts';
import type { RequestFacts } from './request-facts.ts';
import { sendKept } from './send-kept.ts';

/** Shows strangers pages from bytes already made. */
export interface PublicPages {
  /** Answers a stranger's request for a public page; `false` when it is none, and the pages have to answer. */
  answer(request: IncomingMessage, response: ServerResponse, facts: RequestFacts): Promise<boolean>;
  /** Something was changed by this process: what was made before is out of date. */
  forget(): void;
}

export interface PublicPagesOptions {
  /** The pages that show all strangers the same, such as `/e/[event]`. */
  templates: readonly string[];
  pages: Pick<Pages, 'answer'>;
  publicUrl: string;
  /** The names of all cookies that change what a page says begin so. */
  cookie: string;
  /** Counts milliseconds; it need not know the day. */
  clock?: () => number;
}

const MOST_BYTES = 32 * 1024 * 1024;
// A page takes a few milliseconds to make; a rush in which everything changes all the time may take a tenth of them.
const MOST_REMADE_A_SECOND = 20;
const LONGEST_URL = 500;
// For caches in front: which headers of a request decide what is shown.
const VARY = 'Origin, Cookie, Accept-Encoding';

/** The public pages of an application. */
export function createPublicPages(options: PublicPagesOptions): PublicPages {
  const patterns = options.templates.map(
    (template) => new RegExp(`^${template.replaceAll(/\[\w+\]/g, '[^/?]+')}(\\?|$)`),
  );
  const isTold = new RegExp(`(^|; ?)(__Host-)?${options.cookie}`);
  const kept = createKeptAnswers({
    mostBytes: MOST_BYTES,
    mostRemadeASecond: MOST_REMADE_A_SECOND,
    ...(options.clock && { clock: options.clock }),
  });

  function isStranger({ method, headers }: IncomingMessage): boolean {
    return (method === 'GET' || method === 'HEAD') && !(headers.cookie && isTold.test(headers.cookie));
  }

  /** Makes the page as for somebody of whom only the origin is known at which they see the site. */
  async function make(url: string, origin: string, facts: RequestFacts) {
    let template = '';
    const onRoute = (matched: string) => {
      template = matched;
      facts.onRoute?.(matched);
    };
    const headers = { host: new URL(origin).host, accept: 'text/html' };
    const recorded = await recordAnswer(
      (request, response) => options.pages.answer(request, response, { ...facts, onRoute }),
      { url, headers },
    );
    return { recorded, shared: shareable(recorded, template) };
  }

  return {
    forget: kept.forget,
    async answer(request, response, facts) {
      const url = request.url ?? '';
      const isPublic = patterns.some((pattern) => pattern.test(url));
      if (!isPublic || url.length > LONGEST_URL || !isStranger(request)) return false;
      const origin = originOf(request, options.publicUrl);
      const key = `${origin}${url}`;
      const found = kept.find(key);
      if (found) {
        const shown = found instanceof Promise ? await found : found;
        if (!shown) return false;
        facts.onRoute?.(shown.template);
        await sendKept(request, response, shown);
        return true;
      }
      const { made, kept: shown } = await kept.make(key, () => make(url, origin, facts));
      if (shown) await sendKept(request, response, shown);
      else sendRecorded(request, response, made.recorded);
      return true;
    },
  };
}

function shareable({ status, headers, body }: RecordedAnswer, template: string): SharedAnswer | undefined {
  const isHtml = String(headers['content-type']).startsWith('text/html');
  if (status !== 200 || !isHtml || headers['set-cookie'] !== undefined) return undefined;
  const { 'content-length': _length, date: _date, vary: _vary, ...rest } = headers;
  return {
    headers: {
      ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
      // A cache in front may give it out for a second, to those who bring no cookie; a browser asks whether it holds.
      'cache-control': 'public, max-age=0, s-maxage=1',
      vary: VARY,
    },
    body,
    template,
  };
}

function sendRecorded(request: IncomingMessage, response: ServerResponse, { status, headers, body }: RecordedAnswer) {
  compressAnswer(request, response);
  response.writeHead(status, headers).end(body);
}
