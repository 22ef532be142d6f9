import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEIGHT, landscapeOf, PALETTES, type PaletteName, WIDTH } from './landscape.ts';

const names = Object.keys(PALETTES) as PaletteName[];

test('the same event has the same picture, another one another', () => {
  assert.deepEqual(landscapeOf(7, 'moss', 18), landscapeOf(7, 'moss', 18));
  const pictures = Array.from({ length: 500 }, (_, seed) => landscapeOf(seed, 'moss', 18).hills.join());
  assert.equal(new Set(pictures).size, 500);
});

test('sun or moon stand within the picture at every hour, and hills are numbers', () => {
  for (const name of names) {
    for (let hour = 0; hour < 24; hour++) {
      const { light, moon, hills } = landscapeOf(hour * 31, name, hour);
      assert.ok(light.x > light.radius && light.x < WIDTH - light.radius, `${hour}`);
      assert.ok(light.y > light.radius && light.y < HEIGHT, `${hour}`);
      assert.equal(moon !== undefined, hour < 6 || hour >= 19);
      assert.doesNotMatch(hills.join(), /NaN|undefined|Infinity/);
    }
  }
});
