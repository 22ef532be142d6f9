import { createHash } from 'node:crypto';
import type { Coding } from './compress-answer.ts';
import { limitPerProcess } from './process-limit.ts';

/** An answer that serves everybody who asks the same. */
export interface SharedAnswer {
  /** Of the answer as a whole; names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  /** The route it is counted under. */
  template: string;
}

/** Good answers, kept as bytes for a moment; several requests for the same one make it once. */
export interface KeptAnswers {
  /**
   * What is kept under a key, or is being made for somebody else; `undefined` when the caller has to make it, which
   * then may be `undefined` too: some answers serve nobody else.
   */
  find(key: string): Kept | Promise<Kept | undefined> | undefined;
  /** Makes an answer for a key, and keeps it if there is one to share. */
  make<Made extends { shared: SharedAnswer | undefined }>(
    key: string,
    make: () => Promise<Made>,
  ): Promise<{ made: Made; kept: Kept | undefined }>;
  /** Something was changed by this process: what was made before is out of date. */
  forget(): void;
}

export interface KeptAnswersOptions {
  mostBytes: number;
  /** So many times a second what is out of date is made anew at once; beyond it, it is given out until it expires. */
  mostRemadeASecond: number;
  /** Counts milliseconds; it need not know the day. */
  clock?: () => number;
}

export interface Kept extends Omit<SharedAnswer, 'body'> {
  /** The bytes as text with a character each: Node writes head and body at once then, and twice else. */
  body: string;
  /** The same compressed, once somebody asked for it so. */
  compressed: Partial<Record<Coding, string>>;
  etag: string;
  until: number;
  generation: number;
}

// What other processes change is seen within this time, so nothing crosses processes to say so.
const KEPT_MS = 300;
// Whatever takes so long may never end; those who come then make their own.
const PATIENCE_MS = 3000;
// An answer and its two compressed forms.
const FORMS = 1.5;

/** Keeps answers of one process. */
export function createKeptAnswers({
  mostBytes,
  mostRemadeASecond,
  clock = () => performance.now(),
}: KeptAnswersOptions): KeptAnswers {
  const kept = new Map<string, Kept>();
  const underWay = new Map<string, { begunAt: number; generation: number; answer: Promise<Kept | undefined> }>();
  const remade = limitPerProcess({ points: mostRemadeASecond, seconds: 1 }, clock);
  let bytes = 0;
  let generation = 0;

  function drop(key: string): void {
    bytes -= sizeOf(kept.get(key));
    kept.delete(key);
  }

  function keep(key: string, answer: Kept): void {
    drop(key);
    if (sizeOf(answer) > mostBytes / 4) return;
    kept.set(key, answer);
    bytes += sizeOf(answer);
    for (const oldest of kept.keys()) {
      if (bytes <= mostBytes) return;
      drop(oldest);
    }
  }

  return {
    forget: () => void generation++,
    find(key) {
      const now = clock();
      const found = kept.get(key);
      const fresh = found && found.until > now ? found : undefined;
      if (fresh?.generation === generation) return fresh;
      const making = underWay.get(key);
      const awaited = making && making.begunAt + PATIENCE_MS > now ? making : undefined;
      if (awaited?.generation === generation) return awaited.answer;
      // During a rush, when something changes all the time, what is a little out of date has to do.
      const outdated = fresh ?? awaited?.answer;
      return outdated && remade('all') > 0 ? outdated : undefined;
    },
    async make(key, make) {
      const begunIn = generation;
      const begunAt = clock();
      const both = make().then((made) => {
        const more = { generation: begunIn, until: clock() + KEPT_MS };
        const answer = made.shared && keptOf(made.shared, more, kept.get(key));
        if (answer) keep(key, answer);
        return { made, kept: answer };
      });
      const shared = both.then(
        ({ kept: answer }) => answer,
        () => undefined,
      );
      const mine = { begunAt, generation: begunIn, answer: shared };
      underWay.set(key, mine);
      void shared.finally(() => {
        if (underWay.get(key) === mine) underWay.delete(key);
      });
      return await both;
    },
  };
}

function keptOf(
  { body, ...answer }: SharedAnswer,
  more: Pick<Kept, 'generation' | 'until'>,
  before: Kept | undefined,
): Kept {
  // Weak, since one text in two codings is not the same bytes.
  const etag = `W/"${createHash('sha1').update(body).digest('base64url')}"`;
  // Mostly nothing changed meanwhile, and to compress it was more work than to make it.
  const bytes = before?.etag === etag ? before : { body: body.toString('latin1'), compressed: {} };
  return { ...answer, ...more, etag, body: bytes.body, compressed: bytes.compressed };
}

function sizeOf(answer: Kept | undefined): number {
  return answer ? answer.body.length * FORMS + 1000 : 0;
}
