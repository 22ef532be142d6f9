import { createHash } from 'node:crypto';

interface Answered {
  /** What the answer follows from: the same for the same answer. */
  from: string;
  headers: Record<string, string>;
  make(): BodyInit | Promise<BodyInit>;
}

/** Answers with a tag; whoever shows that they have this very answer is told so, and it is not made again. */
export async function answerUnlessKnown(request: Request, { from, headers, make }: Answered): Promise<Response> {
  const etag = `"${createHash('sha256').update(from).digest('base64url').slice(0, 27)}"`;
  const known = request.headers.get('if-none-match')?.split(',') ?? [];
  // On the way it may have been compressed, which makes a tag a weak one.
  const isKnown = known.some((tag) => tag.trim().replace(/^W\//, '') === etag);
  if (isKnown)
    return new Response(null, { status: 304, headers: { etag, 'cache-control': headers['cache-control'] ?? '' } });
  return new Response(await make(), { headers: { ...headers, etag } });
}
