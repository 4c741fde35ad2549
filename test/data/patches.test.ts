import assert from 'node:assert/strict';
import { changePictures, coverEachPatch, cutPatches, joinPatches, pictureAt, toImages } from '../../src/data';
import { startEngine } from '../../src/engine';
import { createClip, patchTokens } from '../../src/models';
import { disposeParameters } from '../../src/nn';
import { TINY, tinyPictures } from '../tiny';

const SQUARE = { pixels: Uint8Array.from({ length: 6 * 6 * 3 }, (_, i) => i), size: 6 };

describe('patches of a picture', () => {
  it('are cut row by row, and joined to the same picture', () => {
    const patches = cutPatches(SQUARE, 2);
    assert.equal(patches.length, 9);
    assert.deepEqual([...patches[4].pixels], [42, 43, 44, 45, 46, 47, 60, 61, 62, 63, 64, 65]);
    assert.deepEqual(joinPatches(patches), SQUARE);
  });

  it('are in the order of the model’s tokens', async () => {
    await startEngine();
    const set = tinyPictures(1);
    const cropped = { pixels: set.pixels.slice(0, 16 * 16 * 3), size: 16 };
    const turned = joinPatches(cutPatches(cropped, 8).reverse());
    const model = createClip(TINY, 0);
    const tokensOf = (picture: typeof cropped) => {
      const images = toImages(picture, null, 16);
      const rows = patchTokens(model, images).arraySync()[0];
      images.dispose();
      return rows;
    };
    assert.deepEqual(tokensOf(turned), tokensOf(cropped).reverse());
    disposeParameters(model.parameters);
  });

  it('are covered one at a time', () => {
    const covered = coverEachPatch(SQUARE, 3, [200, 201, 202]);
    assert.equal(covered.length, 4);
    const own = cutPatches(SQUARE, 3);
    covered.forEach((picture, place) => {
      cutPatches(picture, 3).forEach(({ pixels }, i) => {
        if (i !== place) assert.deepEqual(pixels, own[i].pixels);
        else assert.deepEqual([...new Set(pixels)], [200, 201, 202]);
      });
    });
  });

  it('change a whole set, which stays as it was', () => {
    const set = tinyPictures(3);
    const before = set.pixels.slice();
    const turned = changePictures(set, (picture) => joinPatches(cutPatches(picture, 10).reverse()));
    assert.deepEqual(set.pixels, before);
    assert.deepEqual(cutPatches(pictureAt(turned, 2), 10)[0], cutPatches(pictureAt(set, 2), 10)[3]);
    assert.deepEqual(turned.texts, set.texts);
  });

  it('must fill the picture', () => {
    assert.throws(() => cutPatches(SQUARE, 4), /fill a picture of 6 pixels, got 4/);
    assert.throws(() => coverEachPatch(SQUARE, 0, [0, 0, 0]), /got 0/);
    assert.throws(() => joinPatches(cutPatches(SQUARE, 3).slice(1)), /make a square.*got 3/);
  });
});
