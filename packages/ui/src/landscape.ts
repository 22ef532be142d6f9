/** Colours of a landscape: sky from top to horizon, then the hills from far to near. */
export interface Palette {
  sky: readonly [string, string, string];
  hills: readonly [string, string, string];
  light: string;
}

export const PALETTES = {
  moss: { sky: ['#b9d3c2', '#dfe8d6', '#f6efdc'], hills: ['#8fb59c', '#5b8f74', '#2f6b4f'], light: '#fff6da' },
  sky: { sky: ['#a9c8df', '#d3e4ea', '#f8efe2'], hills: ['#93b6c9', '#6490ab', '#3d6a86'], light: '#fffaf0' },
  amber: { sky: ['#e5b36a', '#f3d5a0', '#fbeed3'], hills: ['#d39a55', '#ae6f36', '#7c4a24'], light: '#fff3cf' },
  clay: { sky: ['#dfa18a', '#f1cbb4', '#fbeadb'], hills: ['#cb7f63', '#a8553a', '#763725'], light: '#ffefdc' },
  slate: { sky: ['#a5b0ba', '#cfd6d8', '#f0ede6'], hills: ['#8d99a4', '#65727e', '#434f5b'], light: '#fdfbf4' },
  dusk: { sky: ['#6f6a94', '#c59a9d', '#f3cfa9'], hills: ['#8a6f8f', '#5d5478', '#373859'], light: '#ffe9c4' },
} as const satisfies Record<string, Palette>;

export type PaletteName = keyof typeof PALETTES;

/** The colours of a person's monogram. */
export function paletteOfPerson(id: number): PaletteName {
  const names = Object.keys(PALETTES) as PaletteName[];
  return names[id % names.length] ?? 'moss';
}

/** What is drawn, in a box of 320 by 200. */
export interface Landscape {
  palette: Palette;
  light: { x: number; y: number; radius: number };
  /** A path, instead of the sun, from evening to dawn. */
  moon: string | undefined;
  /** Three closed paths, far to near. */
  hills: readonly string[];
}

export const WIDTH = 320;
export const HEIGHT = 200;
const STEP = 20;

/** The same landscape for the same seed, always: hills under a sun that stands where `hour` (0 to 23) has it. */
export function landscapeOf(seed: number, name: PaletteName, hour: number): Landscape {
  const random = randomFrom(seed);
  const isMoon = hour < 6 || hour >= 19;
  // From the left at dawn to the right at night, highest at noon.
  const course = ((hour + 24 - 5) % 24) / 19;
  const height = Math.sin(Math.PI * Math.min(course, 1));
  const light = {
    x: Math.round(48 + 224 * Math.min(course, 1)),
    y: Math.round(104 - 62 * height + random() * 12),
    radius: Math.round(13 + random() * 9),
  };
  return {
    palette: PALETTES[name],
    light,
    moon: isMoon ? crescent(light) : undefined,
    hills: [96, 126, 158].map((base, nearness) => hill(base, 10 + random() * (22 - nearness * 3), random)),
  };
}

function crescent({ x, y, radius }: { x: number; y: number; radius: number }): string {
  const inner = Math.round(radius * 12.5) / 10;
  return `M${x} ${y - radius}A${radius} ${radius} 0 1 0 ${x + radius} ${y + radius * 0.35}A${inner} ${inner} 0 0 1 ${x} ${y - radius}Z`;
}

function hill(base: number, swing: number, random: () => number): string {
  const [slow, fast] = [1.2 + random() * 1.2, 2.6 + random() * 2];
  const [first, second] = [random() * 6.283, random() * 6.283];
  const at = (x: number) => {
    const along = (x / WIDTH) * Math.PI;
    const y = base - swing * Math.sin(along * slow + first) - (swing / 3) * Math.sin(along * fast + second);
    return Math.round(y * 10) / 10;
  };
  // Curves through the middles between points, so that no corner shows at any size.
  let path = `M0 ${HEIGHT}V${at(0)}`;
  for (let x = 0; x < WIDTH; x += STEP) {
    const isLast = x + STEP >= WIDTH;
    const end = isLast ? at(WIDTH) : Math.round((at(x) + at(x + STEP)) * 5) / 10;
    path += `Q${x} ${at(x)} ${isLast ? WIDTH : x + STEP / 2} ${end}`;
  }
  return `${path}V${HEIGHT}Z`;
}

/** Numbers from 0 to 1 that follow from the seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
