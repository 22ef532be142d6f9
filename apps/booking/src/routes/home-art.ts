import type { Art } from './event-card.ts';

/** The picture of the first page. */
export const HOME_ART: Art = { seed: 11, palette: 'moss', hour: 17 };
