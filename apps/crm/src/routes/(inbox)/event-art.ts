import type { PaletteName } from '@samaya/ui/landscape.ts';
import type { NotificationJson } from '#server/notifications/notification-schemas.ts';
import { timeOf } from '../../ui/clock.ts';

// The colours that booking's pages give the same practices.
const PALETTES: readonly (readonly [words: RegExp, palette: PaletteName])[] = [
  [/sound|gong|kirtan|chant|music/i, 'amber'],
  [/breath|pranayama/i, 'sky'],
  [/danc|movement|ecstatic|parent/i, 'clay'],
  [/meditat|silen|zen|vipassana|sit/i, 'slate'],
];

/** What the picture of a notification's event follows from. */
export function artOf(
  { event_id, booking_id, event_type, event_title, event_date }: NotificationJson,
  timeZone: string,
): { seed: number; palette: PaletteName; hour: number } {
  const known = PALETTES.find(([words]) => words.test(event_title))?.[1] ?? 'moss';
  return {
    seed: event_id ?? booking_id,
    palette: event_type === 'retreat' ? 'dusk' : known,
    hour: Number(timeOf(event_date, timeZone).slice(0, 2)),
  };
}
