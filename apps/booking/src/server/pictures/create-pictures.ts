import { type InTurn, limitConcurrency } from '@samaya/platform/limit-concurrency.ts';

export interface Pictures {
  /** A drawing (SVG) as PNG. What was drawn lately is not drawn again; `unavailable` when too many are asked for. */
  png(drawing: string): Promise<Buffer>;
}

const AT_ONCE = 2;
// Some two seconds of waiting.
const MOST_WAITING = 50;
// Of some 20 KB each.
const KEPT = 100;

async function drawPng(drawing: string): Promise<Buffer> {
  // Only who is asked for a picture needs the library.
  const { default: sharp } = await import('sharp');
  return await sharp(Buffer.from(drawing)).png({ compressionLevel: 9 }).toBuffer();
}

/** Draws few pictures at once and keeps the latest, so that whoever collects them cannot keep us busy. */
export function createPictures(draw: typeof drawPng = drawPng): Pictures {
  const inTurn: InTurn = limitConcurrency({
    most: AT_ONCE,
    mostWaiting: MOST_WAITING,
    busy: 'Many pictures are being drawn right now. Try again in a moment.',
  });
  const kept = new Map<string, Promise<Buffer>>();

  return {
    async png(drawing) {
      const known = kept.get(drawing);
      const picture = known ?? inTurn(() => draw(drawing));
      // The one asked for last is the last to go.
      kept.delete(drawing);
      kept.set(drawing, picture);
      const [oldest] = kept.keys();
      if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
      try {
        return await picture;
      } catch (error) {
        if (kept.get(drawing) === picture) kept.delete(drawing);
        throw error;
      }
    },
  };
}
