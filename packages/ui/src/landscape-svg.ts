import { HEIGHT, landscapeOf, type PaletteName, WIDTH } from './landscape.ts';

export interface Picture {
  /** What the picture follows from. */
  seed: number;
  palette: PaletteName;
  /** Of the day, 0 to 23: where sun or moon stands. */
  hour: number;
}

/** The landscape that `Scene.svelte` shows, as a file of its own, of as many pixels. */
export function landscapeSvg({ seed, palette, hour }: Picture, size: { width: number; height: number }): string {
  const { palette: colours, light, moon, hills } = landscapeOf(seed, palette, hour);
  const [top, middle, horizon] = colours.sky;
  const whole = `width="${WIDTH}" height="${HEIGHT}"`;
  const sun = (radius: number, opacity: number) =>
    `<circle cx="${light.x}" cy="${light.y}" r="${radius}" fill="${colours.light}" fill-opacity="${opacity}"/>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="xMidYMid slice">`,
    '<linearGradient id="sky" x2="0" y2="1">',
    `<stop stop-color="${top}"/><stop offset=".45" stop-color="${middle}"/><stop offset=".8" stop-color="${horizon}"/>`,
    '</linearGradient>',
    `<rect ${whole} fill="url(#sky)"/>`,
    moon === undefined
      ? sun(light.radius * 1.9, 0.3) + sun(light.radius, 1)
      : `<rect ${whole} fill="${colours.hills[2]}" fill-opacity=".26"/><path d="${moon}" fill="${colours.light}"/>`,
    ...hills.map((path, index) => `<path d="${path}" fill="${colours.hills[index]}"/>`),
    '</svg>',
  ].join('');
}
