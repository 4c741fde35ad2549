import assert from 'node:assert/strict';
import { lowerResolution, type PictureSet } from '../../src/data';

/** A picture of one-pixel stripes beside a grey one. */
function stripes(size: number): PictureSet {
  const striped = Array.from({ length: size * size }, (_, i) => Array(3).fill((i % size) % 2 ? 255 : 0));
  const grey = Array.from({ length: size * size }, () => [90, 90, 90]);
  return {
    length: 2,
    size,
    pixels: Uint8Array.from([...striped, ...grey].flat()),
    keys: ['stripes', 'grey'],
    texts: [[], []],
    metas: [{}, {}],
  };
}

describe('lowerResolution', () => {
  it('loses what the low resolution cannot show and nothing else', async () => {
    const set = stripes(16);
    const before = set.pixels.slice();
    const low = await lowerResolution(set, 4);
    assert.equal(low.pixels.length, set.pixels.length);
    const [striped, grey] = [low.pixels.subarray(0, 768), low.pixels.subarray(768)];
    assert.ok(
      striped.every((value) => value > 90 && value < 165),
      `${striped.subarray(0, 24)}`,
    );
    assert.ok(grey.every((value) => value === 90));
    assert.deepEqual(low.keys, set.keys);
    assert.deepEqual(set.pixels, before);
  });
});
