import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import {
  AUGMENTATION_SIZE,
  CLIP_MEAN,
  CLIP_STD,
  cropBoxes,
  drawView,
  identityAugmentation,
  imagesToPixels,
  PLAIN_VIEW,
  SIMCLR_VIEW,
  STRONG_VIEW,
  toImages,
  type ViewRecipe,
} from '../../src/data';
import { startEngine } from '../../src/engine';
import { createRandom } from '../../src/engine/random';
import { toCropOptions } from '../../src/training/crops';
import { assertClose } from '../golden/compare';

const SIZE = 12;

/** Pictures of random bytes. */
function noise(count: number) {
  const random = createRandom(4);
  const pixels = Uint8Array.from({ length: count * SIZE * SIZE * 3 }, () => random.integer(256));
  return { pixels, size: SIZE };
}

/** Pictures of one colour. */
function plain(count: number, colour: readonly number[]) {
  return {
    pixels: Uint8Array.from({ length: count * SIZE * SIZE * 3 }, (_, i) => colour[i % 3]),
    size: SIZE,
  };
}

/** Red is 10 times the row, green 10 times the column, blue 0. */
function ramps(count: number) {
  const pixels = Uint8Array.from({ length: count * SIZE * SIZE * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3) % (SIZE * SIZE);
    return [10 * Math.floor(pixel / SIZE), 10 * (pixel % SIZE), 0][i % 3];
  });
  return { pixels, size: SIZE };
}

/** The view's values in [0, 1] and its rows of numbers, as arrays; nothing of it is left. */
function read(batch: ReturnType<typeof noise>, recipe: ViewRecipe, seed: number, imageSize: number) {
  return tf.tidy(() => {
    const { images, augmentation } = drawView(batch, recipe, createRandom(seed), imageSize);
    const pictures = tf.add(tf.mul(images, [...CLIP_STD]), [...CLIP_MEAN]) as tf.Tensor4D;
    return { pictures: pictures.arraySync(), rows: augmentation.arraySync() };
  });
}

/** Jitter without a range: it goes the way of changed pictures and changes nothing. */
const IDLE = { probability: 1, brightness: 0, contrast: 0, saturation: 0, hue: 0 };

describe('drawView', () => {
  before(() => startEngine());

  it('draws for all pictures where some of them are elsewhere', () => {
    tf.tidy(() => {
      const { pixels, size } = noise(6);
      const some = { pixels: pixels.slice(2 * size * size * 3, 5 * size * size * 3), size };
      const [generator, sameGenerator] = [createRandom(1), createRandom(1)];
      const whole = drawView({ pixels, size }, STRONG_VIEW, generator, 9);
      const part = drawView(some, STRONG_VIEW, sameGenerator, 9, { first: 2, of: 6 });
      for (const what of ['images', 'augmentation'] as const) {
        const expected = tf.slice(whole[what] as tf.Tensor, [2], [3]);
        assert.deepEqual(part[what].dataSync(), expected.dataSync());
      }
      assert.equal(generator.uniform(), sameGenerator.uniform());
    });
  });

  it('gives the pictures of toImages where only a crop is asked for, to the bit', () => {
    tf.tidy(() => {
      for (const recipe of [PLAIN_VIEW, { crop: { scale: [0.2, 0.5], flip: 0.5 } } as const]) {
        const view = drawView(noise(6), recipe, createRandom(1), 9);
        const boxes = cropBoxes(6, createRandom(1), recipe.crop);
        assert.deepEqual(view.images.dataSync(), toImages(noise(6), boxes, 9).dataSync());
      }
    });
  });

  it('gives whole pictures and zeros where nothing is asked for', () => {
    tf.tidy(() => {
      const view = drawView(noise(3), {}, createRandom(1), 9);
      assert.deepEqual(view.images.dataSync(), toImages(noise(3), null, 9).dataSync());
      assert.deepEqual(view.augmentation.dataSync(), identityAugmentation(3).dataSync());
      assert.deepEqual(view.augmentation.shape, [3, AUGMENTATION_SIZE]);
    });
  });

  it('cuts and normalises changed pictures as it does unchanged ones', () => {
    tf.tidy(() => {
      for (const crop of [undefined, STRONG_VIEW.crop]) {
        for (const imageSize of [SIZE, 9]) {
          const changed = drawView(noise(6), { crop, jitter: IDLE }, createRandom(1), imageSize);
          const unchanged = drawView(noise(6), { crop }, createRandom(1), imageSize);
          assertClose(changed.images, unchanged.images.dataSync());
        }
      }
    });
  });

  it('depends on the generator alone, and differs from call to call', () => {
    const random = createRandom(7);
    tf.tidy(() => {
      const views = [random, random, createRandom(7), createRandom(8)].map((generator) => {
        const { images, augmentation } = drawView(noise(4), STRONG_VIEW, generator, 9);
        return [images.dataSync(), augmentation.dataSync()];
      });
      assert.deepEqual(views[2], views[0]);
      assert.notDeepEqual(views[1], views[0]);
      assert.notDeepEqual(views[3], views[0]);
    });
  });

  it('leaves its input alone', () => {
    const [batch, untouched] = [noise(2), noise(2)];
    read(batch, { ...STRONG_VIEW, crop: undefined }, 1, SIZE);
    assert.deepEqual(batch, untouched);
  });

  it('leaves two tensors and nothing else', () => {
    for (const recipe of [PLAIN_VIEW, STRONG_VIEW, {}]) {
      const before = tf.memory().numTensors;
      const view = drawView(noise(2), recipe, createRandom(1), 9);
      assert.equal(tf.memory().numTensors, before + 2);
      tf.dispose([view.images, view.augmentation]);
    }
  });

  it('has the crop of training as its plain view', () => {
    assert.deepEqual(PLAIN_VIEW.crop?.scale, toCropOptions({}).scale);
    assert.equal(PLAIN_VIEW.crop?.flip, toCropOptions({}).flip);
  });

  it('says in one sentence what is wrong with a recipe', () => {
    const refuse = (recipe: ViewRecipe, message: RegExp) =>
      assert.throws(() => drawView(noise(1), recipe, createRandom(1), 9), message);
    refuse({ grey: 1.5 }, /Expected a probability of grey from 0 to 1, but the view's recipe has 1.5/);
    refuse({ jitter: { ...IDLE, probability: -1 } }, /probability of jitter from 0 to 1/);
    refuse({ jitter: { ...IDLE, contrast: 1 } }, /jitter of contrast from 0 to below 1/);
    refuse({ jitter: { ...IDLE, hue: 0.6 } }, /jitter of hue from 0 to 0.5/);
    refuse({ blur: { probability: 2, sigma: [1, 2] } }, /probability of blur from 0 to 1/);
    refuse({ blur: { probability: 1, sigma: [0, 2] } }, /sigma from above 0 upwards, but .* 0 to 2/);
    refuse({ blur: { probability: 1, sigma: [2, 1] } }, /2 to 1/);
    refuse({ grey: Number.NaN }, /NaN/);
  });
});

describe('the numbers of a view', () => {
  before(() => startEngine());

  it('tell where the crop lies and whether it is mirrored', () => {
    const crop = { scale: [0.3, 0.8], flip: 0.5 } as const;
    const { pictures, rows } = read(ramps(20), { crop }, 3, 7);
    rows.forEach(([y, x, height, width, flip, ...look], i) => {
      const corners = [pictures[i][0][0], pictures[i][6][6]];
      const span = (SIZE - 1) * 10;
      const [top, bottom] = corners.map(([red]) => (red * 255) / span);
      const [left, right] = corners.map(([, green]) => (green * 255) / span);
      assertClose([y, x], [top + bottom - 1, left + right - 1], 1e-4, 'centre');
      assertClose([2 ** height, 2 ** width], [bottom - top, Math.abs(right - left)], 1e-4, 'sides');
      assert.equal(flip, left > right ? 1 : 0);
      assert.deepEqual(look, [0, 0, 0, 0, 0, 0]);
    });
    assert.ok(new Set(rows.map((row) => row[4])).size === 2);
  });

  it('tell the factors, the turn, the grey and the blur', () => {
    const colour = [120, 80, 60];
    const brighter = read(plain(9, colour), { jitter: { ...IDLE, brightness: 0.4 } }, 1, 5);
    brighter.rows.forEach((row, i) => {
      assertClose(pixel(brighter.pictures, i), [...colour.map((c) => (c / 255) * 2 ** row[5])]);
      assert.deepEqual([...row.slice(0, 5), ...row.slice(6)], Array(10).fill(0));
    });
    const turned = read(plain(9, [255, 0, 0]), { jitter: { ...IDLE, hue: 0.1 } }, 1, 5);
    turned.rows.forEach((row, i) => {
      const sixths = row[8] / (Math.PI / 3); // from red towards yellow, or towards magenta
      assertClose(pixel(turned.pictures, i), [1, Math.max(sixths, 0), Math.max(-sixths, 0)]);
    });
    const greyed = read(plain(30, colour), { grey: 0.5, blur: { probability: 0.5, sigma: [1, 2] } }, 1, 5);
    const grey = (0.2989 * 120 + 0.587 * 80 + 0.114 * 60) / 255;
    greyed.rows.forEach((row, i) => {
      assertClose(pixel(greyed.pictures, i), row[9] ? [grey, grey, grey] : [...colour.map((c) => c / 255)]);
      assert.ok(row[10] === 0 || (row[10] >= 1 && row[10] <= 2));
    });
    assert.ok(new Set(greyed.rows.map((row) => row[9])).size === 2);
  });

  it('are of order 1 at published strength, and each is used', () => {
    const { rows } = read(plain(500, [9, 9, 9]), SIMCLR_VIEW, 1, 2);
    for (let column = 0; column < AUGMENTATION_SIZE; column++) {
      const largest = Math.max(...rows.map((row) => Math.abs(row[column])));
      assert.ok(largest > 0.4 && largest < 3, `number ${column}: ${largest}`);
    }
  });

  it('are the same for a view of another input size, so that looks and places are', () => {
    assert.deepEqual(read(noise(5), STRONG_VIEW, 2, 9).rows, read(noise(5), STRONG_VIEW, 2, 6).rows);
  });
});

/** The first pixel of a picture. */
function pixel(pictures: number[][][][], index: number): number[] {
  return pictures[index][0][0];
}

describe('imagesToPixels', () => {
  before(() => startEngine());

  it('gives back the bytes that a model was shown', () => {
    const pixels = Uint8Array.from({ length: 2 * 8 * 8 * 3 }, (_, i) => (i * 37) % 256);
    const images = toImages({ pixels, size: 8 }, null, 8);
    assert.deepEqual(imagesToPixels(images), pixels);
    images.dispose();
  });
});
