import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPictures } from './create-pictures.ts';

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="12" height="6"><rect width="12" height="6" fill="#2f6b4f"/></svg>';

/** Pictures by a hand that waits to be let go, and what it has been asked for. */
function handDrawn() {
  const begun: string[] = [];
  const gates: PromiseWithResolvers<Buffer>[] = [];
  const pictures = createPictures((drawing) => {
    begun.push(drawing);
    const gate = Promise.withResolvers<Buffer>();
    gates.push(gate);
    return gate.promise;
  });
  const letGo = () => gates.shift()?.resolve(Buffer.from('drawn'));
  return { pictures, begun, gates, letGo };
}

test('a drawing becomes a PNG of its size', async () => {
  const png = await createPictures().png(SVG);
  assert.equal(png.subarray(1, 4).toString(), 'PNG');
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [12, 6]);
});

test('two are drawn at once, the others wait, and the same one is drawn once for all', async () => {
  const { pictures, begun, letGo } = handDrawn();
  const asked = ['a', 'b', 'c', 'a', 'c'].map((drawing) => pictures.png(drawing));
  assert.deepEqual(begun, ['a', 'b']);
  letGo();
  await asked[0];
  await Promise.resolve();
  assert.deepEqual(begun, ['a', 'b', 'c']);
  letGo();
  letGo();
  await Promise.all(asked);
  await pictures.png('a');
  assert.equal(begun.length, 3);
});

test('a crowd that wants ever more is told to come back, and what failed is tried anew', async () => {
  const { pictures, begun, gates } = handDrawn();
  const asked = Array.from({ length: 53 }, (_, number) => pictures.png(`${number}`));
  await assert.rejects(asked[52] ?? Promise.resolve(), { code: 'unavailable' });
  gates[0]?.reject(new Error('no ink'));
  await assert.rejects(asked[0] ?? Promise.resolve(), /no ink/);
  for (let count = 1; count < 52; count++) {
    gates[count]?.resolve(Buffer.from('drawn'));
    await asked[count];
  }
  assert.equal(begun.length, 52);
  const again = pictures.png('0');
  assert.equal(begun.length, 53);
  gates[52]?.resolve(Buffer.from('drawn'));
  await again;
});
