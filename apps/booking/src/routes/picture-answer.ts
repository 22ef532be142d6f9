import { landscapeSvg } from '@samaya/ui/landscape-svg.ts';
import type { Pictures } from '#server/pictures/create-pictures.ts';
import type { Art } from './event-card.ts';
import { answerUnlessKnown } from './known-answer.ts';

// What networks and chats show of a page.
const SIZE = { width: 1200, height: 630 };

/** A landscape as a picture for other sites. */
export async function pictureAnswer(request: Request, pictures: Pictures, art: Art): Promise<Response> {
  const drawing = landscapeSvg(art, SIZE);
  return await answerUnlessKnown(request, {
    from: drawing,
    headers: {
      'content-type': 'image/png',
      'cache-control': 'public, max-age=86400',
      'cross-origin-resource-policy': 'cross-origin',
    },
    make: async () => new Uint8Array(await pictures.png(drawing)),
  });
}
